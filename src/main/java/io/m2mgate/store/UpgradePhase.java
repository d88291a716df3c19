package io.m2mgate.store;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How far the upgrade of one terminal is, between the first sign of it and its end (clause 5.3.8). */
public enum UpgradePhase {
  /** It was told, and has asked for nothing yet. */
  NOTIFIED,
  /** It asks for blocks. */
  DOWNLOADING,
  /** It said that it has the file. */
  DOWNLOADED,
  /** It went away after that, or came back with the old version. */
  INSTALLING,
  /** Its end: the new version was seen. */
  SUCCEEDED,
  /** Its end: the terminal said that it gives up. */
  ABORTED,
  /** Its end: it could not be told, raised an alarm, or showed no new version in time. */
  FAILED;

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<UpgradePhase> parse(String text) {
    return Arrays.stream(values()).filter(phase -> phase.text().equals(text)).findFirst();
  }
}
