package io.m2mgate.ops;

/**
 * Why the gateway could not start, in a line for the operator that names the setting to look at; raised by any part
 * that starts, shown once by the command line.
 */
public final class StartFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A reason without a setting, or one that names it itself. */
  public StartFault(String message, Throwable cause) {
    super(message, cause, false, false);
  }

  /** A listener that could not be bound; {@code setting} is its section, as in {@code terminal.tcp}. */
  public static StartFault bind(String setting, String host, int port, Throwable cause) {
    return new StartFault(
        "cannot listen on " + host + ":" + port + " (" + setting + ".host, " + setting + ".port): "
            + reason(cause),
        cause);
  }

  /** The innermost message of a failure, or its name when it has none. */
  public static String reason(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    String message = inner.getMessage();
    return message == null || message.isBlank()
        ? inner.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
