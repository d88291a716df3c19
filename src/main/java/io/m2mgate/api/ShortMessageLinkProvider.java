package io.m2mgate.api;

import io.vertx.core.Vertx;
import java.util.Map;

/**
 * Makes links to short message centres; found as a service ({@link java.util.ServiceLoader}), and used when the setting {@code sms.link}
 * has its name.
 */
public interface ShortMessageLinkProvider {

  /** What {@code sms.link} says to ask for this: lower-case letters, digits and {@code -}. */
  String name();

  /**
   * Makes the one link of this gateway; called once, before anything is sent. May read files, and opens nothing yet.
   *
   * @param settings everything in {@code sms.optionsFile}, and every setting below {@code sms.} by the rest of its name
   *     ({@code smpp.host}), checked and with its default; there are secrets among them
   * @throws IllegalArgumentException when it cannot be made of these settings; the message names the setting and is shown to the operator
   */
  ShortMessageLink create(Map<String, String> settings, Vertx vertx);
}
