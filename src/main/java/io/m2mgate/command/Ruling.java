package io.m2mgate.command;

import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.StoredTerminal;
import java.util.Optional;

/** What a REGISTER is to get, before anything is changed. */
sealed interface Ruling {

  /**
   * @param result name of the result
   * @param reason stable name for logs and events
   * @param advice to the operator; empty where there is nothing to change
   * @param wrongProof the terminal failed to prove who it is
   */
  record Refuse(
      String result,
      Optional<TerminalRecord> terminal,
      String reason,
      String advice,
      boolean wrongProof)
      implements Ruling {}

  /** It has what it needs. */
  record LogIn(StoredTerminal terminal, String result, boolean bindImsi) implements Ruling {}

  /** It is given security parameters: the pending ones, else new ones. */
  record GiveParameters(StoredTerminal terminal, boolean bindImsi) implements Ruling {}

  /** Its new SIM is accepted. */
  record Rebind(StoredTerminal terminal) implements Ruling {}

  /**
   * A stranger is admitted.
   *
   * @param prefix of its serial
   * @param parameters it is given some
   */
  record Admit(String app, String prefix, boolean parameters) implements Ruling {}
}
