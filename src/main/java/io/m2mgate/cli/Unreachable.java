package io.m2mgate.cli;

import io.m2mgate.ops.StartFault;
import java.io.IOException;
import java.net.URI;

/** No gateway answered: none runs where it was looked for, or the connection was refused or broke. */
final class Unreachable extends IOException {
  private static final long serialVersionUID = 1L;

  Unreachable(String message) {
    super(message);
  }

  Unreachable(URI where, IOException cause) {
    super("no answer from " + where.getScheme() + "://" + where.getAuthority() + ": "
        + StartFault.reason(cause));
    addSuppressed(cause);
  }
}
