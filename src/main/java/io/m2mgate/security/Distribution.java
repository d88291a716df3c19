package io.m2mgate.security;

import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Origin;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Rotation;
import io.m2mgate.wire.BodyWriter;

/**
 * One set of security parameters on its way to the connection that its terminal registered from: the same bytes until they are
 * acknowledged (behaviour 5.3.1). Owned by one lane.
 */
final class Distribution {

  private final TerminalRecord terminal;
  private final Rotation rotation;
  private final Origin to;
  private final Request request;
  private final long sinceMillis;
  private int sends;
  private long timer;
  private long dueMillis;

  Distribution(
      TerminalRecord terminal, Rotation rotation, Origin to, Request request, long nowMillis) {
    this.terminal = terminal;
    this.rotation = rotation;
    this.to = to;
    this.request = request;
    this.sinceMillis = nowMillis;
  }

  /** SECURITY_CONFIG operation set, tags ascending. */
  static Request request(Dialect dialect, String serial, int sequence, SecretSet set) {
    BodyWriter body = new BodyWriter().u8(dialect.securityOperations().code("set"));
    SecretTlvs.write(body, dialect, set, NewSets.KINDS);
    return new Request(
        dialect,
        dialect.command(Command.SECURITY_CONFIG),
        serial,
        sequence,
        body.toBytes(),
        new Request.OfRegistration());
  }

  Rotation rotation() {
    return rotation;
  }

  String serial() {
    return rotation.serial();
  }

  TerminalRecord terminal() {
    return terminal;
  }

  Origin to() {
    return to;
  }

  /** One more send. */
  Request.Sending send() {
    sends++;
    return new Request.Sending(request, to);
  }

  /** It counts as a send that the store could not be told of it. */
  void skip() {
    sends++;
  }

  boolean maySend(DistributionOptions options, long nowMillis) {
    return to.open()
        && sends < options.to(to).sends()
        && nowMillis - sinceMillis < options.withinMillis();
  }

  /** The terminal has logged in with the set since it registered; what it had before then it may have lost. */
  boolean usedBy(Terminal resident) {
    return resident.openSessions().stream()
        .map(Session::token)
        .anyMatch(token ->
            token.generation() == rotation.generation() && token.openedMillis() >= sinceMillis);
  }

  boolean sent() {
    return sends > 0;
  }

  /** It answers this request, from where it was sent to. */
  boolean answeredBy(Origin from, int sequence) {
    return sends > 0 && from.equals(to) && sequence == request.sequence();
  }

  long timer() {
    return timer;
  }

  /** @param atMillis when it fires */
  void timer(long id, long atMillis) {
    timer = id;
    dueMillis = atMillis;
  }

  /** When the next turn is due. */
  long dueMillis() {
    return dueMillis;
  }
}
