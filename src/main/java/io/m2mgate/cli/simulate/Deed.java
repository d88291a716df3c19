package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Command;

/** What a terminal does of its own once it has answered. */
sealed interface Deed {
  /**
   * It reports.
   *
   * @param command CONFIG_TRAP or SECURITY_CONFIG
   * @param body as it stands before it is encrypted; nobody writes into it
   */
  record Report(Command command, byte[] body) implements Deed {
    @Override
    public String toString() {
      return "Report[" + command + "]";
    }
  }

  /**
   * It ends its session and opens another.
   *
   * @param reason of LOGOUT, its name in the dictionary
   */
  record Return(String reason) implements Deed {}
}
