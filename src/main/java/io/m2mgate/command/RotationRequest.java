package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.security.SecretTlvs;
import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.Rotation.State;
import io.m2mgate.store.SecurityStore.Step;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** SECURITY_CONFIG that gives a terminal its pending set; always the same values (5.3.10). Used on the terminal's lane. */
final class RotationRequest implements TerminalRequest {

  private static final Set<String> REFUSALS = Set.of("tlvInvalid", "rejected");

  private final LaneRotations rotations;
  private final Resident resident;
  private Rotation rotation;

  RotationRequest(LaneRotations rotations, Resident resident, Rotation rotation) {
    this.rotations = rotations;
    this.resident = resident;
    this.rotation = rotation;
  }

  long generation() {
    return rotation.generation();
  }

  @Override
  public Command command() {
    return Command.SECURITY_CONFIG;
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean secret() {
    return true;
  }

  @Override
  public boolean patient() {
    return true;
  }

  /** Once sent, no clock discards it. */
  @Override
  public long expiresMillis() {
    return Long.MAX_VALUE;
  }

  @Override
  public boolean mayBeRead() {
    return resident.terminal().flatMap(this::byMessage).isPresent();
  }

  @Override
  public Optional<Origin> byMessage(Terminal terminal) {
    return rotations.number(terminal);
  }

  @Override
  public void waitsElsewhere(String reason) {
    waitFor(reason);
  }

  @Override
  public void doesNotFit(String reason) {
    waitFor(reason);
  }

  @Override
  public Future<Boolean> leave(Terminal terminal, int sequence) {
    Decision way = rotations.way(terminal);
    if (!way.permitted()) {
      return waitFor(way.reason());
    }
    return step(new Step(atLeastSent(), "", 1, false, rotations.nowMillis()));
  }

  @Override
  public Optional<byte[]> body(Terminal terminal) {
    Dialect dialect = rotations.dialect(terminal);
    return terminal
        .keyring()
        .pending()
        .map(pending -> pending.secrets())
        .filter(set -> set.generation() == rotation.generation())
        .filter(set -> rotations.way(terminal).permitted())
        .map(set -> {
          BodyWriter body = new BodyWriter().u8(dialect.securityOperations().code("set"));
          SecretTlvs.write(body, dialect, set, rotation.kinds());
          return body.toBytes();
        });
  }

  /** It stays what it is, and the store and the application are told why, once. */
  private Future<Boolean> waitFor(String reason) {
    return reason.isEmpty() || reason.equals(rotation.reason())
        ? Future.succeededFuture(false)
        : step(Step.to(rotation.state(), reason, rotations.nowMillis())).map(false);
  }

  @Override
  public void left(int sequence, String bearer, boolean repeat) {
    if (repeat) {
      step(new Step(atLeastSent(), "", 1, false, rotations.nowMillis()));
    }
  }

  @Override
  public void acked(Ack ack) {
    int result;
    try {
      result = ack.body().result();
    } catch (MalformedFrame e) {
      result = -1;
    }
    String name = ack.command().results().nameOf(result);
    if (ack.command().results().success(result)) {
      step(Step.to(State.ACKED, "", rotations.nowMillis()));
    } else {
      State to = REFUSALS.contains(name) && leftOnce() ? State.REFUSED : atLeastSent();
      step(Step.to(to, "the terminal answered " + name, rotations.nowMillis()));
    }
  }

  /** Taken back: it is not open any more, or its terminal is elsewhere. */
  @Override
  public void finished(End end) {}

  /** One that left before may be in force at the terminal, whatever it says to this copy: its refusal ends nothing. */
  private boolean leftOnce() {
    return rotation.sends() <= 1 && rotation.ackedMillis() == 0;
  }

  private State atLeastSent() {
    return rotation.state() == State.QUEUED ? State.SENT : rotation.state();
  }

  /** False when it has ended. */
  private Future<Boolean> step(Step step) {
    return rotations.step(resident, rotation, step).map(now -> {
      now.ifPresent(it -> rotation = it);
      return now.isPresent();
    });
  }
}
