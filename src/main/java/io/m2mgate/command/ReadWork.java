package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * CONFIG_GET, and SECURITY_CONFIG for what CONFIG_GET does not reach: what the terminal does not know is left out and the rest asked
 * for again (clause 5.3.6).
 */
class ReadWork implements CommandWork {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final Set<String> BAD_TAGS = Set.of("badTags", "tlvInvalid");

  private final Dialect dialect;
  private final Set<Integer> tags;
  private final Set<Integer> bad = new LinkedHashSet<>();
  private final Optional<String> operation;
  private final int maxRounds;
  private int rounds;

  /** @param maxRounds a terminal may name its bad tags one at a time, but not for ever */
  ReadWork(Dialect dialect, Set<Integer> tags, int maxRounds) {
    this(dialect, tags, Optional.empty(), maxRounds);
  }

  /** @param operation of SECURITY_CONFIG */
  ReadWork(Dialect dialect, Set<Integer> tags, String operation, int maxRounds) {
    this(dialect, tags, Optional.of(operation), maxRounds);
  }

  private ReadWork(Dialect dialect, Set<Integer> tags, Optional<String> operation, int maxRounds) {
    this.dialect = dialect;
    this.tags = new LinkedHashSet<>(tags);
    this.operation = operation;
    this.maxRounds = maxRounds;
  }

  final Dialect dialect() {
    return dialect;
  }

  @Override
  public final Command command() {
    return operation.isPresent() ? Command.SECURITY_CONFIG : Command.CONFIG_GET;
  }

  @Override
  public final byte[] body() {
    BodyWriter body = new BodyWriter();
    operation.ifPresent(name -> body.u8(dialect.securityOperations().code(name)));
    tags.forEach(body::pair);
    return body.toBytes();
  }

  @Override
  public final boolean management() {
    return true;
  }

  @Override
  public final boolean patient() {
    return true;
  }

  @Override
  public final boolean idempotent() {
    return true;
  }

  /** Without what the terminal does not know it asks for less. */
  @Override
  public final boolean repeatsAsItWas() {
    return false;
  }

  @Override
  public final CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    Body body = ack.body();
    int code = body.result();
    if (ack.command().results().success(code)) {
      return values(ack, body, nowMillis);
    }
    Set<Integer> refused = tagsOf(body);
    refused.retainAll(tags);
    bad.addAll(refused);
    tags.removeAll(refused);
    boolean again = !refused.isEmpty()
        && !tags.isEmpty()
        && ++rounds < maxRounds
        && BAD_TAGS.contains(ack.command().results().nameOf(code));
    CommandOutcome refusal =
        CommandOutcome.answer(again ? State.SENT : State.REJECTED, ack.command().results(), code);
    listBad(refusal.result());
    return again ? refusal.asksAgain() : refusal;
  }

  static Set<Integer> tagsOf(Body body) throws MalformedFrame {
    Set<Integer> found = new LinkedHashSet<>();
    for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
      found.add(tlvs.tag());
    }
    return found;
  }

  /** What a good answer makes of it. */
  CommandOutcome values(Ack ack, Body body, long nowMillis) throws MalformedFrame {
    CommandOutcome answer =
        CommandOutcome.answer(State.SUCCEEDED, ack.command().results(), body.result());
    ObjectNode values = answer.result().putObject("values");
    ObjectNode raw = answer.result().putObject("raw");
    List<ReportedValue> reported = new ArrayList<>();
    for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
      TlvDef def = dialect.tlv(tlvs.tag());
      if (def.secret()) {
        values.putObject(def.name()).put("secret", true);
      } else {
        values.set(def.name(), JSON.valueToTree(ValueCodec.decode(def, tlvs.bytes())));
        raw.put(def.hexTag(), HEX.formatHex(tlvs.bytes()));
      }
      reported.add(
          new ReportedValue(def.tag(), def.name(), values.get(def.name()).toString(), nowMillis));
      if (def.tag() == dialect.tags().heartbeatInterval() && tlvs.valueLength() == Integer.BYTES) {
        ack.terminal().reportedHeartbeat(tlvs.u32());
      }
    }
    listBad(answer.result());
    return answer.reporting(reported);
  }

  final void listBad(ObjectNode result) {
    if (!bad.isEmpty()) {
      var names = result.putArray("bad");
      bad.forEach(tag -> names.add(dialect.tlv(tag).name()));
    }
  }
}
