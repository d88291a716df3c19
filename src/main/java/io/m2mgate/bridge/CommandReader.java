package io.m2mgate.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.dictionary.ControlDef.Evidence;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes commands of requests ({@code application.md}, "Commands"), whichever bridge they came by, and refuses what the terminal's
 * dialect says it cannot take. Safe for any thread.
 */
public final class CommandReader {

  private static final ObjectMapper SORTED =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final String TYPES_VALID =
      Type.ASKABLE.stream().map(Type::text).collect(Collectors.joining(", "));
  private static final Pattern WORD = Pattern.compile("[a-z]{1,20}");
  private static final Pattern DURATION = Pattern.compile("P[0-9DTHMS.]{1,30}");
  private static final String MODE_VALID = "queue or immediate";
  private static final String WAKE_VALID = "none or sms";
  private static final String PRIORITY_VALID = "normal or high";

  private final Dictionary dictionary;
  private final Profiles profiles;
  private final SecretSealer sealer;
  private final InstantSource clock;
  private final int defaultSeconds;
  private final int maxSeconds;

  /**
   * @param defaultSeconds after which a command expires that does not say
   * @param maxSeconds the most that one may say
   */
  public CommandReader(
      Dictionary dictionary,
      Profiles profiles,
      SecretSealer sealer,
      InstantSource clock,
      int defaultSeconds,
      int maxSeconds) {
    this.dictionary = dictionary;
    this.profiles = profiles;
    this.sealer = sealer;
    this.clock = clock;
    this.defaultSeconds = defaultSeconds;
    this.maxSeconds = maxSeconds;
  }

  private record Delivery(Mode mode, Wake wake, boolean high, long seconds) {}

  /** The type that a request names. Fails with {@link InvalidRequest}. */
  public static Type type(ObjectNode request) {
    return Optional.ofNullable(request.path("type").textValue())
        .flatMap(Type::parse)
        .filter(Type.ASKABLE::contains)
        .orElseThrow(
            () -> InvalidRequest.at("/type", "missing or not a type of command", TYPES_VALID));
  }

  /**
   * The command that a request asks for.
   *
   * @param request names its type; what else it may have the type says
   * @param key idempotency key, or empty
   */
  Head read(ObjectNode request, TerminalRecord terminal, String origin, String key) {
    Type type = type(request);
    Profile profile = profiles.get(terminal.profile());
    Dialect dialect = dialect(terminal);
    CommandForm form = CommandForm.of(type, request, dialect, profile, terminal.app());
    Delivery delivery = delivery(form.fields(), profile);
    CommandForm.Read read = form.read();
    long now = clock.millis();
    long seconds = delivery.seconds() == 0 ? defaultSeconds : delivery.seconds();
    String id = UlidCreator.getMonotonicUlid(now).toString();
    byte[] secrets = secrets(read);
    return new Head(
        id,
        terminal.serial(),
        terminal.app(),
        type,
        origin,
        delivery.mode(),
        wake(read, delivery, dialect),
        delivery.high(),
        read.repeatable(),
        read.body().toString(),
        sealer.seal(id, SecretKinds.COMMAND, secrets),
        key,
        hash(terminal.serial(), request),
        now,
        now + seconds * 1_000);
  }

  /** One that asks for a LOGIN goes by short message where there is no session (5.3.7). */
  private static Wake wake(CommandForm.Read read, Delivery delivery, Dialect dialect) {
    String control = read.body().path(CommandBody.CONTROL).asText();
    boolean wakes = !control.isEmpty()
        && dialect.control(control).shownBy() == Evidence.SESSION
        && delivery.mode() == Mode.QUEUE;
    return wakes ? Wake.SMS : delivery.wake();
  }

  private static byte[] secrets(CommandForm.Read read) {
    return read.secrets().isEmpty()
        ? new byte[0]
        : read.secrets().toString().getBytes(StandardCharsets.UTF_8);
  }

  /** What the terminal's requests are checked against. */
  Dialect dialect(TerminalRecord terminal) {
    String name = profiles.get(terminal.profile()).dialect();
    return dictionary.dialect(name).orElseGet(dictionary::dialect);
  }

  /** Of terminals whose profile names no other. */
  Dialect usualDialect() {
    return dictionary.dialect();
  }

  private Delivery delivery(Fields fields, Profile profile) {
    Optional<Fields> asked = fields.object("delivery", "mode", "expiresIn", "wake", "priority");
    Wake usual = Wake.parse(profile.wake()).orElse(Wake.NONE);
    return asked
        .map(it -> new Delivery(
            word(it, "mode", MODE_VALID).flatMap(Mode::parse).orElse(Mode.QUEUE),
            word(it, "wake", WAKE_VALID).flatMap(Wake::parse).orElse(usual),
            word(it, "priority", PRIORITY_VALID).filter("high"::equals).isPresent(),
            it.text("expiresIn", DURATION, expiryValid())
                .map(text -> seconds(it, text))
                .orElse(0L)))
        .orElseGet(() -> new Delivery(Mode.QUEUE, usual, false, 0));
  }

  private static Optional<String> word(Fields fields, String name, String valid) {
    return fields.text(name, WORD, valid).filter(word -> {
      boolean known = List.of(valid.split(" or ")).contains(word);
      if (!known) {
        fields.fault(name, "unknown", valid);
      }
      return known;
    });
  }

  private String expiryValid() {
    return "a duration from PT1S to " + Duration.ofSeconds(maxSeconds) + ", such as PT24H";
  }

  private long seconds(Fields fields, String text) {
    try {
      long seconds = Duration.parse(text).toSeconds();
      if (seconds >= 1 && seconds <= maxSeconds) {
        return seconds;
      }
      fields.fault("expiresIn", "out of range", expiryValid());
    } catch (DateTimeParseException | ArithmeticException e) {
      fields.fault("expiresIn", "not of the form", expiryValid());
    }
    return 0;
  }

  /**
   * What tells a request from another of the same idempotency key, whatever has become of the terminal meanwhile: of all members of
   * the request, in whichever order.
   */
  long hash(String serial, ObjectNode request) {
    try {
      byte[] all = (serial + "\n"
              + SORTED.writeValueAsString(SORTED.treeToValue(request, Map.class)))
          .getBytes(StandardCharsets.UTF_8);
      if (type(request) == Type.SIM) {
        return sealer.fingerprint(serial, all);
      }
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(all)).getLong();
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
