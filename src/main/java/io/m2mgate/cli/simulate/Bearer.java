package io.m2mgate.cli.simulate;

import java.util.Arrays;
import java.util.Optional;

/** What carries a terminal's frames. */
public enum Bearer {
  TCP("tcp"),
  /** One frame a datagram; many terminals behind one address, as behind a NAT. */
  UDP("udp"),
  /** One frame a message, through a centre that the run plays; nothing is signed, the number is the proof (sms.md). */
  SMS("sms");

  private final String text;

  Bearer(String text) {
    this.text = text;
  }

  /** As people write it; the scheme of the gateway's address. */
  public String text() {
    return text;
  }

  static Optional<Bearer> find(String text) {
    return Arrays.stream(values()).filter(bearer -> bearer.text.equals(text)).findFirst();
  }
}
