package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import java.util.Optional;

/** SECURITY_CONFIG that has a terminal use the set it was given: a session under that set shows it (5.3.10). */
final class ActivateWork implements CommandWork {

  private final Dialect dialect;
  private final long generation;

  /** @param generation of the set */
  ActivateWork(Dialect dialect, long generation) {
    this.dialect = dialect;
    this.generation = generation;
  }

  @Override
  public Command command() {
    return Command.SECURITY_CONFIG;
  }

  @Override
  public byte[] body() {
    return new BodyWriter().u8(dialect.securityOperations().code("activate")).toBytes();
  }

  @Override
  public Optional<String> unfit(Terminal terminal) {
    boolean open = terminal
        .keyring()
        .pending()
        .filter(pending -> pending.secrets().generation() == generation)
        .isPresent();
    return open ? Optional.empty() : Optional.of("the rotation is not open any more");
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean patient() {
    return false;
  }

  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    return SecurityAnswers.of(ack, dialect, State.ACKED);
  }

  @Override
  public boolean shownByLogin() {
    return true;
  }

  @Override
  public Optional<CommandOutcome> loggedIn(Terminal terminal, long nowMillis) {
    boolean used = terminal
        .confirmed()
        .filter(session -> session.token().generation() >= generation)
        .isPresent();
    return used ? Optional.of(CommandOutcome.seen(State.SUCCEEDED, "")) : Optional.empty();
  }

  @Override
  public String awaited() {
    return "LOGIN under the new set";
  }
}
