package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LocalChange;
import io.m2mgate.bus.Reported;
import io.m2mgate.bus.TerminalEvents;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.security.Refusals;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.ConnectionMode;
import io.m2mgate.session.LoginFacts;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * CONFIG_TRAP: an empty one is answered from memory; values become the terminal's reported state and events, then are acknowledged
 * (clause 5.3.5).
 */
public final class ConfigTrapVerticle extends UplinkVerticle {

  private final SecretBox box;
  private final int maxOpenAlarms;

  /** @param maxOpenAlarms that one terminal may have */
  public ConfigTrapVerticle(SecretBox box, int maxOpenAlarms) {
    super(Command.CONFIG_TRAP);
    this.maxOpenAlarms = maxOpenAlarms;
    this.box = box;
  }

  @Override
  protected void handle(Uplink trap) {
    int ok = trap.command().results().code("ok");
    Body body;
    int tlvs;
    try {
      body = trap.body();
      tlvs = body.checkTlvs(new TlvReader());
    } catch (MalformedFrame e) {
      refuseTag(trap, e.tag());
      return;
    }
    if (tlvs == 0) {
      answer(trap, ok, Refusals.result(ok));
      return;
    }
    try {
      List<Change> changes = changes(trap, body, ok);
      if (!trap.resident().commandsOpen()) {
        commitThenAnswer(trap, changes, ok, Refusals.result(ok));
        return;
      }
      lane()
          .effects()
          .of(
              new Reported(trap.resident(), values(body)),
              shown -> lane()
                  .guard(
                      trap.inbound(),
                      () -> giveUp(trap),
                      () -> shown.ifPresentOrElse(
                          its -> commitThenAnswer(trap, changes, its, ok, Refusals.result(ok)),
                          () -> unavailable(trap))));
    } catch (MalformedFrame e) {
      throw new IllegalStateException("TLVs that were walked once cannot be walked again", e);
    }
  }

  @Override
  protected void unserved(Uplink trap) {
    trap.terminal().syncList().notStored();
  }

  private static Map<Integer, byte[]> values(Body body) throws MalformedFrame {
    Map<Integer, byte[]> values = new HashMap<>();
    for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
      values.putIfAbsent(tlvs.tag(), tlvs.bytes());
    }
    return values;
  }

  private void refuseTag(Uplink trap, int tag) {
    Refusals.badTag(trap, tag)
        .ifPresentOrElse(body -> answer(trap, body[0] & 0xFF, body), () -> refuse(trap));
  }

  private List<Change> changes(Uplink trap, Body body, int ok) throws MalformedFrame {
    Terminal terminal = trap.terminal();
    Report report = Report.of(trap, body);
    List<Change> changes = new ArrayList<>();
    changes.add(report.event(mark(trap, ok)));
    changes.addAll(report.alarms(maxOpenAlarms));
    List<ReportedValue> values = new ArrayList<>(report.values());
    boolean told = terminal.syncList().hasTold();
    values.addAll(ToldParameters.confirmedBy(trap, body));
    boolean taken = told && !terminal.syncList().hasTold();
    if (!values.isEmpty()) {
      changes.add(new Change.PutReported(terminal.serial(), values));
    }
    if (body.first(body.dialect().tags().localConfigApplied(), new TlvReader())) {
      lane().send(Addresses.localChange(lane().index()), new LocalChange(trap.resident()));
    }
    Optional<ConnectionMode> connects = terminal.facts().toldConnection();
    boolean synchronised = synchronise(terminal, body);
    if (keepFacts(terminal, body) || !connects.equals(terminal.facts().toldConnection())) {
      changes.add(TerminalEvents.session(terminal));
    }
    if (synchronised || taken) {
      byte[] sealed =
          box.seal(terminal.serial(), SecretKinds.SYNC_LIST, terminal.syncList().toBytes());
      changes.add(new Change.PutSyncList(terminal.serial(), sealed));
    }
    return changes;
  }

  /** Cell, signal and firmware are on the terminal's record, however they are told; false when they are not. */
  private static boolean keepFacts(Terminal terminal, Body body) throws MalformedFrame {
    Radio radio = Radio.of(body);
    TlvReader tlvs = new TlvReader();
    TlvDef version = body.dialect().tlv(body.dialect().tags().softwareVersion());
    String told = body.first(version.tag(), tlvs)
            && ValueCodec.decode(version, tlvs.array(), tlvs.valueOffset(), tlvs.valueLength())
                instanceof String text
        ? text
        : "";
    if (told.isEmpty() && !radio.told()) {
      return false;
    }
    terminal.facts().login(new LoginFacts(told, radio.signal(), radio.lac(), radio.cell()));
    return true;
  }

  /** Keeps what the next login's CRC32 is compared with; the list first, for it says which values count. */
  static boolean synchronise(Terminal terminal, Body body) throws MalformedFrame {
    int list = body.dialect().tags().syncTagList();
    int heartbeat = body.dialect().tags().heartbeatInterval();
    int mode = body.dialect().tags().connectMode();
    boolean changed = false;
    TlvReader tlvs = new TlvReader();
    if (body.first(list, tlvs)) {
      changed = keep(terminal, list, tlvs);
    }
    for (body.tlvs(tlvs); tlvs.next(); ) {
      if (tlvs.tag() != list) {
        changed |= keep(terminal, list, tlvs);
      }
      if (tlvs.tag() == heartbeat && tlvs.valueLength() == Integer.BYTES) {
        terminal.reportedHeartbeat(tlvs.u32());
      }
      if (tlvs.tag() == mode && tlvs.valueLength() == Byte.BYTES) {
        terminal
            .facts()
            .connects(ConnectionMode.of(body.dialect(), tlvs.array()[tlvs.valueOffset()] & 0xFF));
      }
    }
    return changed;
  }

  private static boolean keep(Terminal terminal, int list, TlvReader tlv) {
    int length = tlv.valueOffset() - tlv.tlvOffset() + tlv.valueLength();
    return terminal.syncList().report(list, tlv.tag(), tlv.array(), tlv.tlvOffset(), length);
  }
}
