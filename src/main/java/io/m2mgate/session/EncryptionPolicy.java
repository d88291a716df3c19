package io.m2mgate.session;

/** Whether bodies are encrypted (wire 4). */
public enum EncryptionPolicy {
  /** A terminal that asks for a session key gets none. */
  OFF("off"),
  /** Clear bodies are taken also in a session with a session key. */
  OPTIONAL("optional"),
  /** In a session with a session key a clear body is refused like a wrong digest. */
  WHEN_NEGOTIATED("whenNegotiated"),
  /** No session without a session key; no clear body in one that was opened before. */
  REQUIRED("required");

  private final String text;

  EncryptionPolicy(String text) {
    this.text = text;
  }

  /** As profiles have it. */
  public String text() {
    return text;
  }
}
