package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.MalformedFrame;

/** TRANSPARENT_DATA to a terminal, from its application or from another terminal (clause 5.3.11). */
final class DataWork implements CommandWork {

  private final Dialect dialect;
  private final Head head;
  private final byte[] payload;

  DataWork(Dialect dialect, Head head, byte[] payload) {
    this.dialect = dialect;
    this.head = head;
    this.payload = payload;
  }

  @Override
  public Command command() {
    return Command.TRANSPARENT_DATA;
  }

  @Override
  public byte[] body() {
    BodyWriter body =
        new BodyWriter().u16(new Crc16(dialect.crc16()).toSend(payload, 0, payload.length));
    head.fromTerminal()
        .ifPresentOrElse(
            serial -> body.tlv(dialect.tags().sourceTerminal(), serial),
            () -> body.tlv(dialect.tags().sourceApplication(), head.app()));
    return body.tlv(dialect.tags().userData(), payload).toBytes();
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
