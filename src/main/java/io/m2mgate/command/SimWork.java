package io.m2mgate.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.SimSecret;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * SECURITY_CONFIG that sets SIM parameters and never passwords. The terminal takes all or none, logs out, logs in and reports what it
 * has: by the values, or by a digest that is made in several ways and only shows that it was set (clause 5.4.1).
 */
final class SimWork implements CommandWork {

  private static final int MODE_BYTES = 1;

  private final Dialect dialect;
  private final Supplier<JsonNode> sealed;
  private final Map<SimSecret, Boolean> codes = new EnumMap<>(SimSecret.class);
  private final OptionalInt binding;

  /**
   * @param sealed opens what of the command is a secret, each time that it is needed
   * @throws InvalidValue when the binding is not one of the dialect
   */
  SimWork(Dialect dialect, JsonNode body, Supplier<JsonNode> sealed) {
    this.dialect = dialect;
    this.sealed = sealed;
    for (SimSecret secret : SimSecret.values()) {
      if (body.has(secret.member())) {
        codes.put(secret, body.path(secret.activeMember()).asBoolean());
      }
    }
    binding = body.has(CommandBody.BINDING)
        ? mode(body.path(CommandBody.BINDING).asText())
        : OptionalInt.empty();
  }

  private OptionalInt mode(String name) {
    OptionalInt found = dialect.tlv(dialect.tags().simBindMode()).values().find(name);
    if (found.isEmpty()) {
      throw new InvalidValue("binding", name, "a mode of the terminal's dialect");
    }
    return found;
  }

  @Override
  public Command command() {
    return Command.SECURITY_CONFIG;
  }

  @Override
  public byte[] body() {
    BodyWriter body = new BodyWriter().u8(dialect.securityOperations().code("set"));
    values().forEach(body::tlv);
    return body.toBytes();
  }

  /** In ascending tag order. */
  private TreeMap<Integer, byte[]> values() {
    Tags tags = dialect.tags();
    TreeMap<Integer, byte[]> values = new TreeMap<>();
    JsonNode secrets = sealed.get();
    codes.forEach((secret, active) -> {
      values.put(
          secret.valueTag(tags),
          secrets.path(secret.member()).asText().getBytes(StandardCharsets.US_ASCII));
      values.put(secret.activeTag(tags), new byte[] {(byte) (active ? 1 : 0)});
    });
    binding.ifPresent(mode -> values.put(tags.simBindMode(), new byte[] {(byte) mode}));
    return values;
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean secret() {
    return !codes.isEmpty();
  }

  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    return SecurityAnswers.of(ack, dialect, State.ACKED);
  }

  @Override
  public Optional<CommandOutcome> securityReported(Map<Integer, byte[]> told, boolean later) {
    TreeMap<Integer, byte[]> wanted = values();
    boolean named = codes.isEmpty()
        ? told.containsKey(dialect.tags().simBindMode())
        : codes.keySet().stream()
            .anyMatch(secret -> told.containsKey(secret.valueTag(dialect.tags())));
    boolean differs = wanted.entrySet().stream()
        .anyMatch(entry ->
            told.containsKey(entry.getKey()) && !same(entry.getValue(), told.get(entry.getKey())));
    if (differs) {
      // Before it has logged in again it may not have applied them yet.
      return later
          ? Optional.of(CommandOutcome.seen(State.FAILED, "the terminal has other values"))
          : Optional.empty();
    }
    return named || later && says(told)
        ? Optional.of(CommandOutcome.seen(State.SUCCEEDED, ""))
        : Optional.empty();
  }

  /** Without showing a value: which way a digest was made nobody can tell (5.4.1). */
  private boolean says(Map<Integer, byte[]> told) {
    Tags tags = dialect.tags();
    return codes.isEmpty()
        ? Arrays.stream(SimSecret.values()).anyMatch(it -> told.containsKey(it.digestTag(tags)))
        : codes.keySet().stream().anyMatch(it -> told.containsKey(it.digestTag(tags)));
  }

  /** A code may come padded with zero bytes, as C strings are. */
  private static boolean same(byte[] wanted, byte[] told) {
    return told.length >= wanted.length
        && Arrays.equals(Arrays.copyOf(wanted, told.length), told)
        && (wanted.length > MODE_BYTES || told.length == wanted.length);
  }

  @Override
  public OptionalInt simBinding() {
    return binding;
  }

  @Override
  public String awaited() {
    return "SECURITY_CONFIG report of the SIM parameters";
  }
}
