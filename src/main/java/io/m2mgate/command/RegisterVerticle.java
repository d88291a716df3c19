package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Opening;
import io.m2mgate.bus.OpeningBatch;
import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.Resident;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * REGISTER of provisioned terminals whose secrets are provisioned too: operations 0 and 1 of a matching IMEI and IMSI are told their
 * serial and to log in, everything else is refused (clause 5.3.1 with {@code registration.distribution: none}). It changes
 * nothing. One on each lane.
 */
public final class RegisterVerticle extends LaneVerticle {

  /** Unproven requests that may be asking the store at a time. */
  private static final int PENDING = 64;

  private static final int SERIAL_BYTES = 16;
  private static final String ASK_SERIAL = "askSerial";
  private static final String ASK_SECURITY = "askSecurity";
  private int pending;

  @Override
  protected Future<?> open() {
    this.<OpeningBatch>consume(
        Addresses.command(lane().index(), Command.REGISTER),
        batch -> batch.requests().forEach(this::guarded));
    return Future.succeededFuture();
  }

  private void guarded(Opening request) {
    lane().guard(request.inbound(), () -> lane().done(request), () -> handle(request));
  }

  private void handle(Opening register) {
    int operation;
    String imei;
    String imsi;
    try {
      Body body = Body.read(
          register.dialect(),
          register.command(),
          false,
          register.bytes(),
          register.bodyOffset(),
          register.bodyLength(),
          false);
      body.checkTlvs(new TlvReader());
      operation = body.intOf("operation");
      imei = body.textOf("imei");
      imsi = body.textOf("imsi");
    } catch (MalformedFrame e) {
      drop(register, Drop.MALFORMED);
      return;
    }
    if (pending >= PENDING) {
      drop(register, Drop.LOADING_FULL);
      return;
    }
    pending++;
    lane()
        .services()
        .terminals()
        .byImei(imei)
        .onComplete(found -> context.runOnContext(nothing -> {
          pending--;
          if (found.failed()) {
            drop(register, Drop.STORE_UNAVAILABLE);
          } else {
            answer(register, operation, imsi, found.result());
          }
        }));
  }

  private void answer(
      Opening register, int operation, String imsi, Optional<TerminalRecord> found) {
    String asked = register.inbound().frame().serial();
    String name = register.dialect().registerOperations().nameOf(operation);
    boolean withoutSerial = name.equals(ASK_SERIAL);
    if (found.isEmpty()) {
      reply(register, withoutSerial ? "terminalDisabled" : "serialUnknown", asked);
      return;
    }
    TerminalRecord terminal = found.get();
    if (!terminal.imsi().map(imsi::equals).orElse(true)) {
      reply(register, "bindingConflict", asked);
    } else if (!terminal.enabled() || !withoutSerial && !name.equals(ASK_SECURITY)) {
      reply(register, "terminalDisabled", asked);
    } else if (withoutSerial) {
      reply(register, "logIn", terminal.serial());
    } else {
      reply(register, terminal.serial().equals(asked) ? "keepSerialLogIn" : "serialUnknown", asked);
    }
  }

  private void reply(Opening register, String result, String serial) {
    byte[] body = new BodyWriter()
        .u8(register.command().results().code(result))
        .ascii(serial, SERIAL_BYTES)
        .toBytes();
    register
        .resident()
        .flatMap(Resident::terminal)
        .ifPresent(terminal -> terminal.logins().spare(lane().nowMillis()));
    lane().metrics().answered(Command.REGISTER.name(), result);
    lane().reply(Reply.unsigned(register.inbound(), body));
    lane().done(register);
  }

  private void drop(Opening register, Drop reason) {
    lane().metrics().dropped(reason);
    lane().done(register);
  }
}
