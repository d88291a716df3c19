package io.m2mgate.bridge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.InvalidRequest.Fault;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.session.BodyRoom;
import io.m2mgate.session.Profile;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.InnerCommand;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.ValueCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** One request for a command on its way to the {@link CommandBody} of its type. Made and used by one thread. */
final class CommandForm {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SECURITY = "security";
  private static final Pattern ANY = Pattern.compile("(?s).*");
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,60}");
  private static final String ENCODINGS = "base64, hex or utf8";

  private final Type type;
  private final Dialect dialect;
  private final Profile profile;
  private final String app;
  private final Fields fields;
  private final Map<ProblemType, List<Fault>> faults = new EnumMap<>(ProblemType.class);

  /**
   * @param body as {@link CommandBody} says
   * @param secrets what is to be sealed of it; empty for most
   */
  record Read(ObjectNode body, boolean repeatable, ObjectNode secrets) {
    Read(ObjectNode body, boolean repeatable) {
      this(body, repeatable, JSON.createObjectNode());
    }

    @Override
    public String toString() {
      return "Read[" + body + "]";
    }
  }

  private CommandForm(Type type, Dialect dialect, Profile profile, String app, Fields fields) {
    this.type = type;
    this.dialect = dialect;
    this.profile = profile;
    this.app = app;
    this.fields = fields;
  }

  static CommandForm of(
      Type type, ObjectNode request, Dialect dialect, Profile profile, String app) {
    List<String> members = new ArrayList<>(List.of("type", "delivery"));
    members.addAll(
        switch (type) {
          case READ -> List.of(CommandBody.TAGS, "names");
          case CONFIGURE -> List.of(CommandBody.PARAMETERS, CommandBody.CONFIRM);
          case CONTROL -> List.of(CommandBody.CONTROL);
          case DATA -> List.of(CommandBody.PAYLOAD, CommandBody.COMMAND, "encoding", "repeatable");
          case SECURITY -> SecurityForm.securityMembers();
          case SIM -> SecurityForm.simMembers();
          case UPGRADE -> throw notAskable(type);
        });
    return new CommandForm(
        type, dialect, profile, app, Fields.of(request, members.toArray(String[]::new)));
  }

  private static IllegalArgumentException notAskable(Type type) {
    return new IllegalArgumentException(type.text() + " is not asked for by itself");
  }

  /** For the members that all types have; what is wrong with them comes out with {@link #read}. */
  Fields fields() {
    return fields;
  }

  /** Fails with {@link InvalidRequest} or a {@link Problem} that names every place that is wrong. */
  Read read() {
    Read read = switch (type) {
      case READ -> tags();
      case CONFIGURE -> parameters();
      case CONTROL -> control();
      case DATA -> data();
      case SECURITY -> new SecurityForm(dialect, fields, this::fault).security();
      case SIM -> new SecurityForm(dialect, fields, this::fault).sim();
      case UPGRADE -> throw notAskable(type);
    };
    check();
    return read;
  }

  private void check() {
    fields.check();
    faults.forEach((problem, places) -> {
      throw Problem.of(problem, places.get(0).detail(), places);
    });
  }

  private void fault(ProblemType problem, String pointer, String detail, String valid) {
    faults.computeIfAbsent(problem, any -> new ArrayList<>()).add(Fault.of(pointer, detail, valid));
  }

  private Read tags() {
    boolean named = fields.has("names");
    if (named == fields.has(CommandBody.TAGS)) {
      fields.fault(CommandBody.TAGS, "one of tags and names is needed", "[\"0011\"]");
    }
    String member = named ? "names" : CommandBody.TAGS;
    List<String> asked = fields
        .listed(member, named ? "names of the dictionary" : "tags of four hex digits")
        .orElse(List.of());
    Set<String> tags = new LinkedHashSet<>();
    for (int i = 0; i < asked.size(); i++) {
      String pointer = fields.at(member) + "/" + i;
      allowed(pointer, asked.get(i), true).map(TlvDef::hexTag).ifPresent(tags::add);
    }
    if (asked.isEmpty()) {
      fields.fault(member, "empty", "at least one");
    }
    int size = tags.size() * BodyRoom.TLV_HEADER;
    if (size > new BodyRoom(dialect, profile).ofConfiguration()) {
      throw tooLarge(size, new BodyRoom(dialect, profile).ofConfiguration());
    }
    ObjectNode body = JSON.createObjectNode();
    ArrayNode list = body.putArray(CommandBody.TAGS);
    tags.forEach(list::add);
    return new Read(body, true);
  }

  /** The tag of a name or of hex digits, where the dictionary lets it be read or written. */
  private Optional<TlvDef> allowed(String pointer, String text, boolean reading) {
    Optional<TlvDef> found =
        NAME.matcher(text).matches() ? dialect.tlv(text).filter(TlvDef::known) : Optional.empty();
    if (found.isEmpty()) {
      fault(
          ProblemType.TAG_NOT_ALLOWED,
          pointer,
          "the dialect " + dialect.name() + " does not know it",
          "a name or tag of the dictionary");
      return found;
    }
    TlvDef def = found.get();
    if (def.category().equals(SECURITY)) {
      fault(
          ProblemType.TAG_NOT_ALLOWED,
          pointer,
          def.name() + " belongs to the terminal's security",
          "passwords and keys: POST /v1/terminals/{serial}/rotations");
    } else if (def.secret()) {
      fault(
          ProblemType.TAG_NOT_ALLOWED,
          pointer,
          def.name() + " is a secret, which commands do not carry",
          "another tag");
    } else if (reading ? !def.readable() : !def.writable()) {
      fault(
          ProblemType.TAG_NOT_ALLOWED,
          pointer,
          "a terminal does not let " + def.name() + " be " + (reading ? "read" : "set"),
          "another tag");
    } else {
      return found;
    }
    return Optional.empty();
  }

  private Read parameters() {
    ObjectNode asked = fields.node(CommandBody.PARAMETERS).orElseGet(JSON::createObjectNode);
    if (asked.isEmpty()) {
      fields.fault(CommandBody.PARAMETERS, "missing or empty", "{\"heartbeat-interval\":90}");
    }
    Map<Integer, Object> values = new TreeMap<>();
    Map<Integer, String> places = new TreeMap<>();
    int size = BodyRoom.TLV_HEADER + 1; // the option behind them
    for (Map.Entry<String, JsonNode> one : asked.properties()) {
      String pointer = fields.at(CommandBody.PARAMETERS) + "/"
          + one.getKey().replace("~", "~0").replace("/", "~1");
      Optional<TlvDef> def = allowed(pointer, one.getKey(), false);
      if (def.isPresent() && values.containsKey(def.get().tag())) {
        fault(ProblemType.TLV_INVALID, pointer, "given twice, by name and by tag", "one of them");
      } else if (def.isPresent()) {
        byte[] value = value(def.get(), pointer, one.getValue());
        size += BodyRoom.TLV_HEADER + value.length;
        values.put(def.get().tag(), ValueCodec.decode(def.get(), value));
        places.put(def.get().tag(), pointer);
      }
    }
    Optional<String> confirm =
        fields.text(CommandBody.CONFIRM, Pattern.compile(CommandBody.REACHABILITY), "reachability");
    check();
    if (size > new BodyRoom(dialect, profile).ofConfiguration()) {
      throw tooLarge(size, new BodyRoom(dialect, profile).ofConfiguration());
    }
    boolean cutsOff = values.keySet().stream().anyMatch(dialect.tags().reachability()::contains);
    if (cutsOff && confirm.isEmpty()) {
      places.keySet().retainAll(dialect.tags().reachability());
      throw unconfirmed(places.values());
    }
    ObjectNode body = JSON.createObjectNode();
    ObjectNode parameters = body.putObject(CommandBody.PARAMETERS);
    values.forEach(
        (tag, value) -> parameters.set(dialect.tlv(tag).name(), JSON.<JsonNode>valueToTree(value)));
    if (cutsOff) {
      body.put(CommandBody.CONFIRM, CommandBody.REACHABILITY);
    }
    return new Read(body, !cutsOff);
  }

  private static Problem unconfirmed(Collection<String> pointers) {
    List<Fault> places = pointers.stream()
        .map(pointer -> Fault.of(
            pointer,
            "a wrong value makes the terminal unreachable",
            "confirm=" + CommandBody.REACHABILITY))
        .toList();
    return Problem.of(
        ProblemType.PRECONDITION_REQUIRED,
        "the terminal may become unreachable by it: say confirm=" + CommandBody.REACHABILITY,
        places);
  }

  /** The values that a stored CONFIGURE sets, by name. */
  static ObjectNode parametersOf(Head configure) {
    return (ObjectNode) json(configure.body()).path(CommandBody.PARAMETERS);
  }

  /** What was stored as JSON text. */
  static JsonNode json(String stored) {
    try {
      return JSON.readTree(stored);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what is stored is no JSON", e);
    }
  }

  private byte[] value(TlvDef def, String pointer, JsonNode json) {
    Object value = JSON.convertValue(json, Object.class);
    try {
      if (!ValueCodec.unexpected(value)) {
        byte[] bytes = ValueCodec.encode(def, value);
        return inTable(def, pointer, bytes);
      }
      fault(ProblemType.TLV_INVALID, pointer, "raw bytes cannot be set", "a value of the tag");
    } catch (InvalidValue e) {
      boolean range = json.isIntegralNumber();
      fault(
          range ? ProblemType.VALUE_OUT_OF_RANGE : ProblemType.TLV_INVALID,
          pointer,
          e.getMessage(),
          e.valid());
    }
    return new byte[0];
  }

  /** A tag whose values have names takes no others. */
  private byte[] inTable(TlvDef def, String pointer, byte[] bytes) {
    Object value = ValueCodec.decode(def, bytes);
    boolean coded = !def.values().isEmpty()
        && switch (def.type()) {
          case UINT8, UINT16, UINT32 -> true;
          default -> false;
        };
    if (coded
        && value instanceof Number number
        && def.values().find(number.intValue()).isEmpty()) {
      fault(
          ProblemType.VALUE_OUT_OF_RANGE,
          pointer,
          def.name() + ": no such value as " + number,
          String.join(
              ", ", def.values().codes().stream().map(code -> code.name()).toList()));
    }
    return bytes;
  }

  private Read control() {
    List<String> names =
        dialect.remoteControls().codes().stream().map(code -> code.name()).toList();
    String valid = String.join(", ", names);
    String name = fields.required(CommandBody.CONTROL, NAME, valid);
    if (!name.isEmpty() && !names.contains(name)) {
      fault(ProblemType.VALUE_OUT_OF_RANGE, fields.at(CommandBody.CONTROL), "unknown", valid);
    }
    return new Read(
        JSON.createObjectNode().put(CommandBody.CONTROL, name),
        dialect.control(name).idempotent());
  }

  private Read data() {
    String text = fields.required(CommandBody.PAYLOAD, ANY, "text in the encoding, base64");
    String encoding = fields.text("encoding", NAME, ENCODINGS).orElse("base64");
    boolean repeatable = fields.flag("repeatable").orElse(false);
    byte[] payload = payload(text, encoding);
    int room = new BodyRoom(dialect, profile).ofData(app);
    if (payload.length > room) {
      throw tooLarge(payload.length, room);
    }
    String stored = Base64.getEncoder().encodeToString(payload);
    ObjectNode body = JSON.createObjectNode().put(CommandBody.PAYLOAD, stored);
    if (fields.has(CommandBody.COMMAND) && !fields.isNull(CommandBody.COMMAND)) {
      body.put(CommandBody.COMMAND, routed(payload));
    }
    return new Read(body, repeatable);
  }

  /** The number of the command that the payload is for, which must be one that the dialect routes. */
  private String routed(byte[] payload) {
    CommandDef carrier = dialect.command(Command.TRANSPARENT_CMD);
    String number = "%04X".formatted(carrier.id());
    String valid = carrier.routed() ? number : "none in the dialect " + dialect.name();
    String given = fields.text(CommandBody.COMMAND, NAME, valid).orElse(number);
    if (!carrier.routed() || !given.equals(number)) {
      fault(ProblemType.VALUE_OUT_OF_RANGE, fields.at(CommandBody.COMMAND), "not routed", valid);
    } else if (!InnerCommand.leads(dialect, payload)) {
      String first = dialect.tlv(dialect.tags().transparentCommand()).hexTag();
      fault(
          ProblemType.TLV_INVALID,
          fields.at(CommandBody.PAYLOAD),
          "not TLVs that begin with a command",
          "TLV " + first + ", then those of the command in it");
    }
    return number;
  }

  private byte[] payload(String text, String encoding) {
    try {
      switch (encoding) {
        case "base64":
          return Base64.getDecoder().decode(text);
        case "hex":
          return Bytes.unhex(text);
        case "utf8":
          return text.getBytes(StandardCharsets.UTF_8);
        default:
          fields.fault("encoding", "unknown", ENCODINGS);
      }
    } catch (IllegalArgumentException e) {
      fields.fault(CommandBody.PAYLOAD, "not " + encoding, "text in the encoding, " + encoding);
    }
    return new byte[0];
  }

  private Problem tooLarge(int bytes, int room) {
    return Problem.of(
        ProblemType.PAYLOAD_TOO_LARGE,
        bytes + " bytes; the profile " + profile.name() + " of the terminal takes " + room);
  }
}
