package io.m2mgate.command;

import java.util.List;
import java.util.Optional;

/**
 * Who may register and what they get (behaviour 5.3.1).
 *
 * @param open strangers are admitted too
 * @param defaultApp application of strangers
 * @param serialPrefix first 8 characters of new serials; else those of the placeholder
 * @param allowPrefixes of placeholders; none allows all
 */
public record RegistrationOptions(
    boolean open,
    Optional<String> defaultApp,
    Optional<String> serialPrefix,
    List<String> allowPrefixes) {

  public RegistrationOptions {
    allowPrefixes = List.copyOf(allowPrefixes);
  }
}
