package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;

/** TRANSPARENT_DATA, or a TRANSPARENT_CMD that the dialect routes, to a terminal, from its application or from another terminal (clause 5.3.11). */
final class DataWork implements CommandWork {

  private final Dialect dialect;
  private final Head head;
  private final byte[] payload;
  private final boolean carriesCommand;

  /** @param carriesCommand the payload is a command and its TLVs, which the dialect must route */
  DataWork(Dialect dialect, Head head, byte[] payload, boolean carriesCommand) {
    this.dialect = dialect;
    this.head = head;
    this.payload = payload;
    this.carriesCommand = carriesCommand;
  }

  @Override
  public Command command() {
    return carriesCommand ? Command.TRANSPARENT_CMD : Command.TRANSPARENT_DATA;
  }

  @Override
  public byte[] body() {
    BodyWriter body = new BodyWriter();
    if (carriesCommand) {
      if (!dialect.command(Command.TRANSPARENT_CMD).routed()) {
        throw new InvalidValue("command", "not routed", "a dialect that routes it");
      }
      return addressed(body).bytes(payload).toBytes();
    }
    body.u16(new Crc16(dialect.crc16()).toSend(payload, 0, payload.length));
    return addressed(body).tlv(dialect.tags().userData(), payload).toBytes();
  }

  private BodyWriter addressed(BodyWriter body) {
    head.fromTerminal()
        .ifPresentOrElse(
            serial -> body.tlv(dialect.tags().sourceTerminal(), serial),
            () -> body.tlv(dialect.tags().sourceApplication(), head.app()));
    return body;
  }

  @Override
  public boolean management() {
    return false;
  }

  @Override
  public boolean patient() {
    return head.repeatable();
  }

  @Override
  public boolean idempotent() {
    return head.repeatable();
  }

  @Override
  public CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    int code = ack.body().result();
    State state = ack.command().results().success(code) ? State.SUCCEEDED : State.REJECTED;
    return CommandOutcome.answer(state, ack.command().results(), code);
  }
}
