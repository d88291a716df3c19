package io.m2mgate.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.session.SyncList;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.ReportedValue;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Crc32;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * CONFIG_SET: answered at once, carried out later. An execution result shows it; where the terminal logs in again instead, its
 * LOGIN does; a change of the connection is asked for (clauses 5.2.2, 5.2.3, 5.3.9).
 */
final class ConfigureWork implements CommandWork {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RELOGIN = "relogin";
  private static final String APPLIED = "applied";
  private static final String SECRET_JSON = "{\"secret\":true}";

  private final Dialect dialect;

  /** In ascending tag order. */
  private final TreeMap<Integer, byte[]> values = new TreeMap<>();

  private final byte[] option;

  /** The answer said yes, and the terminal is asked what it has. */
  private boolean confirming;

  /** It logged in again, and what it has is still to be told. */
  private boolean valuesToCome;

  /**
   * @param answered the terminal has answered before
   * @throws InvalidValue when a parameter is not known or its value cannot be sent
   */
  ConfigureWork(Dialect dialect, JsonNode parameters, boolean answered) {
    this.dialect = dialect;
    parameters.properties().forEach(entry -> {
      TlvDef def = dialect
          .tlv(entry.getKey())
          .orElseThrow(
              () -> new InvalidValue("parameter", entry.getKey(), "a name of the dialect"));
      values.put(
          def.tag(), ValueCodec.encode(def, JSON.convertValue(entry.getValue(), Object.class)));
    });
    int optionTag = dialect.tags().platformParamOption();
    byte[] given = values.remove(optionTag);
    TlvDef def = dialect.tlv(optionTag);
    option = given == null ? ValueCodec.encode(def, def.defaultValue()) : given;
    confirming = answered && changesConnection();
  }

  /** No LOGIN and no execution result need follow a change of the connection: the terminal is asked (5.2.2). */
  private boolean changesConnection() {
    return values.containsKey(dialect.tags().connectMode()) && !logsInAgain();
  }

  private boolean logsInAgain() {
    return values.keySet().stream().anyMatch(this::relogin);
  }

  private boolean relogin(int tag) {
    return dialect.tlv(tag).effect().equals(RELOGIN);
  }

  @Override
  public Command command() {
    return confirming ? Command.CONFIG_GET : Command.CONFIG_SET;
  }

  @Override
  public byte[] body() {
    BodyWriter body = new BodyWriter();
    if (confirming) {
      values.keySet().forEach(body::pair);
      return body.toBytes();
    }
    return body.bytes(parameters())
        .tlv(dialect.tags().platformParamOption(), option)
        .toBytes();
  }

  private byte[] parameters() {
    BodyWriter tlvs = new BodyWriter();
    values.forEach(tlvs::tlv);
    return tlvs.toBytes();
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean patient() {
    return !cutsOff();
  }

  @Override
  public boolean idempotent() {
    return !cutsOff();
  }

  /** Never sent again by itself: a terminal that came back from a wrong value would be lost again (5.3.9). */
  private boolean cutsOff() {
    return values.keySet().stream().anyMatch(dialect.tags().reachability()::contains);
  }

  @Override
  public boolean asksMore() {
    return confirming;
  }

  @Override
  public CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    Body body = ack.body();
    int code = body.result();
    boolean yes = ack.command().results().success(code);
    if (confirming) {
      return yes
          ? compared(valuesOf(body), nowMillis)
              .orElseGet(
                  () -> CommandOutcome.seen(State.FAILED, "the terminal did not say what it has"))
          : CommandOutcome.seen(State.FAILED, "the terminal does not say what it has");
    }
    if (yes) {
      confirming = changesConnection();
      CommandOutcome taken = CommandOutcome.answer(State.ACKED, ack.command().results(), code);
      return confirming ? taken.asksAgain() : taken;
    }
    CommandOutcome refused = CommandOutcome.answer(State.REJECTED, ack.command().results(), code);
    var names = refused.result().putArray("bad");
    ReadWork.tagsOf(body).forEach(tag -> names.add(dialect.tlv(tag).name()));
    return refused;
  }

  private static Map<Integer, byte[]> valuesOf(Body body) throws MalformedFrame {
    Map<Integer, byte[]> found = new HashMap<>();
    for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
      found.putIfAbsent(tlvs.tag(), tlvs.bytes());
    }
    return found;
  }

  @Override
  public Optional<CommandOutcome> reported(
      Map<Integer, byte[]> told, LongPredicate sentAs, long nowMillis) {
    Optional<ExecutionResult> execution =
        ExecutionResult.of(dialect, told).filter(it -> sentAs.test(it.sequence()));
    if (execution.isPresent()) {
      return Optional.of(executed(execution.get(), told, nowMillis));
    }
    if (!valuesToCome) {
      return Optional.empty();
    }
    Optional<CommandOutcome> compared = compared(told, nowMillis);
    // A list without what was set: the LOGIN alone says that the terminal came back by it.
    return compared.isEmpty() && told.containsKey(dialect.tags().syncTagList())
        ? Optional.of(done(nowMillis))
        : compared;
  }

  @Override
  public Optional<CommandOutcome> reportedUnanswered(
      Map<Integer, byte[]> told, LongPredicate sentAs, long nowMillis) {
    return ExecutionResult.of(dialect, told)
        .filter(it -> sentAs.test(it.sequence()))
        .map(result -> executed(result, told, nowMillis));
  }

  private CommandOutcome executed(
      ExecutionResult result, Map<Integer, byte[]> told, long nowMillis) {
    CommandOutcome outcome = result.outcome();
    byte[] crc = told.get(dialect.tags().configCrc32());
    // A shorter one was cut at its first zero byte and says nothing (5.2.3).
    if (result.success() && crc != null && crc.length == Integer.BYTES) {
      byte[] wanted = new BodyWriter().u32(Crc32.of(parameters())).toBytes();
      boolean same = Arrays.equals(crc, wanted);
      outcome.result().put("crcOk", same);
      if (!same) {
        CommandOutcome other =
            CommandOutcome.seen(State.FAILED, "the terminal applied something else");
        other.result().setAll(outcome.result());
        return other;
      }
    }
    return result.name().equals(APPLIED) ? outcome.reporting(asReported(nowMillis)) : outcome;
  }

  /** Empty when none of the values is told. */
  private Optional<CommandOutcome> compared(Map<Integer, byte[]> told, long nowMillis) {
    List<Integer> known = values.keySet().stream().filter(told::containsKey).toList();
    if (known.isEmpty()) {
      return Optional.empty();
    }
    boolean same = known.stream().allMatch(tag -> Arrays.equals(told.get(tag), values.get(tag)));
    return Optional.of(
        same
            ? done(nowMillis)
            : CommandOutcome.seen(State.FAILED, "the terminal has other values"));
  }

  private CommandOutcome done(long nowMillis) {
    return CommandOutcome.seen(State.SUCCEEDED, "").reporting(asReported(nowMillis));
  }

  private List<ReportedValue> asReported(long nowMillis) {
    List<ReportedValue> reported = new ArrayList<>();
    values.forEach((tag, value) -> {
      TlvDef def = dialect.tlv(tag);
      String json = def.secret()
          ? SECRET_JSON
          : JSON.valueToTree(ValueCodec.decode(def, value)).toString();
      reported.add(new ReportedValue(tag, def.name(), json, nowMillis));
    });
    return reported;
  }

  @Override
  public Optional<CommandOutcome> loggedIn(Terminal terminal, long nowMillis) {
    OptionalInt crc = terminal.confirmed().orElseThrow().login().configCrc32();
    if (!logsInAgain()) {
      return Optional.empty();
    }
    int list = dialect.tags().syncTagList();
    SyncList synced = terminal.syncList();
    if (crc.isPresent() && crc.getAsInt() == 0
        || synced.known(list) && !synced.listsAny(list, values.keySet())
        || crc.isPresent() && synced.matches(list, crc.getAsInt(), encoded())) {
      return Optional.of(done(nowMillis));
    }
    if (crc.isPresent() && synced.matches(list, crc.getAsInt())) {
      return Optional.of(CommandOutcome.seen(State.FAILED, "the terminal has other values"));
    }
    valuesToCome = true;
    return Optional.empty();
  }

  private Map<Integer, byte[]> encoded() {
    Map<Integer, byte[]> tlvs = new HashMap<>();
    values.forEach(
        (tag, value) -> tlvs.put(tag, new BodyWriter().tlv(tag, value).toBytes()));
    return tlvs;
  }

  @Override
  public String awaited() {
    return logsInAgain() ? "LOGIN with what was set" : "CONFIG_TRAP with the execution result";
  }
}
