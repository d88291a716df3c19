package io.m2mgate.command;

import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Crc16Def;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.security.Refusals;
import io.m2mgate.session.Profile.CrcError;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** TRANSPARENT_DATA from a terminal to its application: durable in that application's log, then acknowledged (clause 5.3.11). */
public final class TransparentDataVerticle extends UplinkVerticle {

  private static final String DESTINATION_INVALID = "destinationInvalid";

  private final DataUpJson json = new DataUpJson();
  private final Map<Crc16Def, Crc16> checks = new IdentityHashMap<>();

  public TransparentDataVerticle() {
    super(Command.TRANSPARENT_DATA);
  }

  /** Where a request's parts are; offsets are -1 for what is absent. */
  private record Parts(
      int crc16, int dataAt, int dataLength, String application, boolean toTerminal) {}

  @Override
  protected void handle(Uplink uplink) {
    Parts parts;
    try {
      parts = parts(uplink);
    } catch (MalformedFrame e) {
      refuse(uplink);
      return;
    }
    if (parts.dataAt() < 0 || parts.toTerminal()) {
      refuse(uplink);
      return;
    }
    Terminal terminal = uplink.terminal();
    String bound = terminal.terminalRecord().app();
    if (!parts.application().isEmpty() && !parts.application().equals(bound)) {
      refuse(uplink, DESTINATION_INVALID);
      return;
    }
    if (!lane().services().applicationTakes().test(bound)) {
      refuse(uplink);
      return;
    }
    boolean crcOk =
        check(uplink).accepts(parts.crc16(), uplink.bytes(), parts.dataAt(), parts.dataLength());
    if (!crcOk && terminal.profile().crcError() == CrcError.REFUSE) {
      refuse(uplink, "crcWrong");
      return;
    }
    int ok = uplink.command().results().code("ok");
    Change event = new Change.AppendEvent(
        bound,
        terminal.serial(),
        EventTypes.DATA_UP,
        uplink.inbound().receivedMillis(),
        json.of(uplink, parts.dataAt(), parts.dataLength(), bound, crcOk),
        mark(uplink, ok));
    commitThenAnswer(uplink, List.of(event), ok, Refusals.result(ok));
  }

  private void refuse(Uplink uplink, String result) {
    int code = uplink.command().results().code(result);
    answer(uplink, code, Refusals.result(code));
  }

  private static Parts parts(Uplink uplink) throws MalformedFrame {
    Body body = uplink.body();
    Tags tags = uplink.dialect().tags();
    TlvReader tlvs = body.tlvs();
    int dataAt = -1;
    int dataLength = 0;
    String application = "";
    boolean toTerminal = false;
    while (tlvs.next()) {
      if (tlvs.tag() == tags.userData() && dataAt < 0) {
        dataAt = tlvs.valueOffset();
        dataLength = tlvs.valueLength();
      } else if (tlvs.tag() == tags.destinationApplication()) {
        application = tlvs.ascii();
      } else if (tlvs.tag() == tags.destinationTerminal()) {
        toTerminal = true;
      }
    }
    return new Parts(body.intOf("crc16"), dataAt, dataLength, application, toTerminal);
  }

  private Crc16 check(Uplink uplink) {
    // Definitions are compared by identity: hashing one costs more than the check.
    Crc16Def def = uplink.dialect().crc16();
    Crc16 known = checks.get(def);
    if (known == null) {
      known = new Crc16(def);
      checks.put(def, known);
    }
    return known;
  }
}
