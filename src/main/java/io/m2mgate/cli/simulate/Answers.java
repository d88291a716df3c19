package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.ControlDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.SimSecret;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.security.BaseKeyProof;
import io.m2mgate.security.ProvenSecret;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Crc32;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one terminal answers to what the platform asks of it, and what it does after it (5.2.3, 5.3.6 to 5.3.11). Knows neither sockets
 * nor time; owned by the terminal's event loop.
 */
final class Answers {
  /** The parameter that a CONFIG_SET of the run marks, so that carrying it out can be counted. */
  static final String MARKED_PARAMETER = "gprs-dial-number";

  private static final int CUT_CRC = 2;
  private static final String APPLIED = "applied";
  private static final String RETURNS = "platformConfigChanged";
  private static final int MOST_DEEDS = 32;

  private final Dialect dialect;
  private final Tags tags;
  private final Life life;
  private final Tally tally;
  private final TerminalModel model;
  private final Set<Quirk> quirks;
  private final Executions executions;
  private final Fetcher fetcher;
  private final ArrayDeque<Deed> deeds = new ArrayDeque<>();
  private final TreeMap<Integer, byte[]> card = new TreeMap<>();

  Answers(Making making, Life life, Tally tally, Fetcher fetcher) {
    this.dialect = making.dialect();
    this.tags = dialect.tags();
    this.life = life;
    this.tally = tally;
    this.fetcher = fetcher;
    this.model = making.model();
    this.quirks = making.quirks();
    this.executions = making.executions();
  }

  /** What it does next, until {@link #done}. */
  Optional<Deed> next() {
    return Optional.ofNullable(deeds.peek());
  }

  void done() {
    deeds.poll();
  }

  /** It does that too, when it has not too much to do. */
  void plan(Deed deed) {
    if (deeds.size() < MOST_DEEDS) {
      deeds.add(deed);
    }
  }

  void report(byte[] tlvs) {
    plan(new Deed.Report(Command.CONFIG_TRAP, tlvs));
  }

  /**
   * Does what is asked.
   *
   * @return the body of the answer; empty where the terminal has none for such a request
   * @throws MalformedFrame when the request cannot be read
   */
  Optional<byte[]> to(Command command, Plain asked, int sequence) throws MalformedFrame {
    return switch (command) {
      case CONFIG_GET -> Optional.of(get(asked));
      case CONFIG_SET -> Optional.of(set(asked, sequence));
      case REMOTE_CTRL -> Optional.of(control(asked, sequence));
      case TRANSPARENT_DATA -> Optional.of(data(asked));
      case SECURITY_CONFIG -> Optional.of(security(asked));
      case LOGOUT -> Optional.of(new byte[0]);
      case DOWNLOAD_INFO -> Optional.of(download(asked));
      default -> Optional.empty();
    };
  }

  private BodyWriter answer(Command command, String result) {
    CommandDef def = dialect.command(command);
    return new BodyWriter().u8(def.results().code(result));
  }

  private BodyWriter bad(Command command, String result, Collection<Integer> bad) {
    BodyWriter body = answer(command, result);
    bad.forEach(body::pair);
    return body;
  }

  private byte[] get(Plain asked) throws MalformedFrame {
    Collection<Integer> wanted = TerminalModel.read(asked.tlvs(0)).keySet();
    List<Integer> unknown = model.unknown(wanted);
    return unknown.isEmpty()
        ? answer(Command.CONFIG_GET, "ok").bytes(model.tlvs(wanted)).toBytes()
        : bad(Command.CONFIG_GET, "badTags", unknown).toBytes();
  }

  private byte[] set(Plain asked, int sequence) throws MalformedFrame {
    Map<Integer, byte[]> values = TerminalModel.read(asked.tlvs(0));
    values.remove(tags.platformParamOption());
    List<Integer> bad = model.set(values);
    if (!bad.isEmpty()) {
      return bad(Command.CONFIG_SET, "badTags", bad).toBytes();
    }
    dialect.tlv(MARKED_PARAMETER).map(def -> values.get(def.tag())).ifPresent(executions::set);
    if (model.logsInAgain(values.keySet())) {
      plan(new Deed.Return(RETURNS));
    } else if (!values.containsKey(tags.connectMode())) {
      BodyWriter applied = new BodyWriter();
      values.forEach(applied::tlv);
      report(executed(sequence).tlv(tags.configCrc32(), crc(applied.toBytes())).toBytes());
    }
    return answer(Command.CONFIG_SET, "ok").toBytes();
  }

  private byte[] crc(byte[] applied) {
    byte[] whole = new BodyWriter().u32(Crc32.of(applied)).toBytes();
    return quirks.contains(Quirk.SHORT_4017) ? Arrays.copyOf(whole, CUT_CRC) : whole;
  }

  private BodyWriter executed(int sequence) {
    Map<String, Object> result = Map.of(
        "status",
        dialect.executionStatuses().code(APPLIED),
        "sequence",
        Integer.toUnsignedLong(sequence));
    int tag = tags.executionResult();
    return new BodyWriter().tlv(tag, ValueCodec.encode(dialect.tlv(tag), result));
  }

  private byte[] control(Plain asked, int sequence) throws MalformedFrame {
    byte[] code = TerminalModel.read(asked.tlvs(0)).get(tags.remoteCommand());
    if (code == null
        || code.length != 1
        || dialect.remoteControls().find(code[0]).isEmpty()) {
      return bad(Command.REMOTE_CTRL, "notSupported", List.of(tags.remoteCommand()))
          .toBytes();
    }
    follow(dialect.control(dialect.remoteControls().nameOf(code[0])), sequence);
    return answer(Command.REMOTE_CTRL, "accepted").toBytes();
  }

  private void follow(ControlDef control, int sequence) {
    switch (control.shownBy()) {
      case ACK, SESSION -> {}
      case LOGIN -> {
        if (control.name().equals("factoryReset")) {
          model.reset();
        }
        plan(new Deed.Return(control.name().equals("reboot") ? "programEnds" : RETURNS));
      }
      case TRAP -> {
        if (control.name().equals("reportSyncParameters")) {
          report(model.syncTlvs(true));
        } else {
          report(model.tlvs(control.tags().isEmpty() ? model.monitored() : control.tags()));
        }
      }
      case RESULT -> report(executed(sequence).toBytes());
    }
  }

  private byte[] data(Plain asked) throws MalformedFrame {
    int crc = 2;
    byte[] payload = TerminalModel.read(asked.tlvs(crc)).getOrDefault(tags.userData(), new byte[0]);
    executions.carriedOut(payload);
    String result = quirks.contains(Quirk.REFUSES_DATA) ? "handedOver" : "ok";
    return answer(Command.TRANSPARENT_DATA, result).toBytes();
  }

  private byte[] download(Plain asked) throws MalformedFrame {
    byte[] url = TerminalModel.read(asked.tlvs(0)).getOrDefault(tags.upgradeUrl(), new byte[0]);
    return answer(Command.DOWNLOAD_INFO, fetcher.announced(url)).toBytes();
  }

  // Passwords, keys and cards

  private byte[] security(Plain asked) throws MalformedFrame {
    String operation = dialect.securityOperations().nameOf(asked.first());
    Map<Integer, byte[]> values = TerminalModel.read(asked.tlvs(1));
    return switch (operation) {
      case "set" -> secrets(asked, values);
      case "readValues" -> values(values.keySet());
      case "readDigests" -> digests(values.keySet());
      case "activate" -> {
        if (life.need() != Life.Need.RENEWAL) {
          plan(new Deed.Return("credentialsChanged"));
        }
        yield answer(Command.SECURITY_CONFIG, "ok").toBytes();
      }
      default -> answer(Command.SECURITY_CONFIG, "rejected").toBytes();
    };
  }

  private byte[] secrets(Plain asked, Map<Integer, byte[]> values) throws MalformedFrame {
    Given given = Given.read(asked.tlvs(1), tags);
    if (given.isEmpty()) {
      card.putAll(values);
      plan(new Deed.Return("simParametersChanged"));
      BodyWriter report = new BodyWriter().u8(dialect.securityOperations().code("report"));
      values.forEach(report::tlv);
      plan(new Deed.Report(Command.SECURITY_CONFIG, report.toBytes()));
    } else {
      tally.security.setsTaken++;
      life.renewedBy(given);
    }
    return answer(Command.SECURITY_CONFIG, "ok").toBytes();
  }

  private byte[] values(Collection<Integer> wanted) {
    TreeMap<Integer, byte[]> known = new TreeMap<>();
    byte[] never = new BodyWriter().u32((int) BaseKeyProof.NEVER).toBytes();
    for (ProvenSecret secret : ProvenSecret.values()) {
      known.put(secret.expiryTag(tags), never);
    }
    known.put(tags.boundImsi(), life.keys().imsi());
    known.put(tags.simBindMode(), card.getOrDefault(tags.simBindMode(), new byte[1]));
    for (SimSecret secret : SimSecret.values()) {
      known.put(secret.activeTag(tags), card.getOrDefault(secret.activeTag(tags), new byte[1]));
    }
    return told(wanted, known);
  }

  private byte[] told(Collection<Integer> wanted, Map<Integer, byte[]> known) {
    List<Integer> unknown =
        wanted.stream().filter(tag -> !known.containsKey(tag)).toList();
    if (!unknown.isEmpty()) {
      return bad(Command.SECURITY_CONFIG, "tlvInvalid", unknown).toBytes();
    }
    BodyWriter body = answer(Command.SECURITY_CONFIG, "ok");
    wanted.forEach(tag -> body.tlv(tag, known.get(tag)));
    return body.toBytes();
  }

  /** Asked for by the tag of the secret, told by that of its digest (wire 7). */
  private byte[] digests(Collection<Integer> wanted) {
    BodyWriter body = answer(Command.SECURITY_CONFIG, "ok");
    BaseKeyProof proofs = new BaseKeyProof();
    List<Integer> unknown = new ArrayList<>();
    for (int tag : wanted) {
      Optional<ProvenSecret> kind = Arrays.stream(ProvenSecret.values())
          .filter(it -> it.valueTag(tags) == tag && secret(it).length > 0)
          .findFirst();
      kind.ifPresentOrElse(
          it ->
              body.tlv(it.digestTag(tags), proofs.digest(tags, it, secret(it), BaseKeyProof.NEVER)),
          () -> unknown.add(tag));
    }
    return unknown.isEmpty()
        ? body.toBytes()
        : bad(Command.SECURITY_CONFIG, "tlvInvalid", unknown).toBytes();
  }

  private byte[] secret(ProvenSecret kind) {
    Keys keys = life.keys();
    return switch (kind) {
      case UPLINK_PASSWORD -> keys.uplink();
      case DOWNLINK_PASSWORD -> keys.downlink();
      case BASE_KEY -> keys.baseKey();
    };
  }
}
