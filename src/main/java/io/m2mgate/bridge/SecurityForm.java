package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.SimSecret;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.SecretKinds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Requests for SIM parameters, and for what a terminal has and does of its security (5.3.10, 5.4.1). No password or key has a place
 * in them: those are rotated. Made and used by one thread.
 */
final class SecurityForm {

  static final String NAMES = "names";

  /** What the terminal's digests can be asked of, in this order. */
  static final List<String> SECRETS = List.of(
      SecretKinds.UPLINK_PASSWORD,
      SecretKinds.DOWNLINK_PASSWORD,
      SecretKinds.BASE_KEY,
      SimSecret.PIN1.member());

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SECURITY = "security";
  private static final Pattern WORD = Pattern.compile("[A-Za-z]{1,20}");
  private static final String OPERATIONS_VALID =
      String.join(", ", CommandBody.READ_VALUES, CommandBody.READ_DIGESTS, CommandBody.ACTIVATE);

  private final Dialect dialect;
  private final Fields fields;
  private final Faults faults;

  /** Takes what is wrong with a tag. */
  @FunctionalInterface
  interface Faults {
    void add(ProblemType problem, String pointer, String detail, String valid);
  }

  SecurityForm(Dialect dialect, Fields fields, Faults faults) {
    this.dialect = dialect;
    this.fields = fields;
    this.faults = faults;
  }

  /** The members of a request for SIM parameters. */
  static List<String> simMembers() {
    List<String> members = new ArrayList<>();
    for (SimSecret secret : SimSecret.values()) {
      members.add(secret.member());
      members.add(secret.activeMember());
    }
    members.add(CommandBody.BINDING);
    return members;
  }

  /** The members of the others. */
  static List<String> securityMembers() {
    return List.of(CommandBody.OPERATION, CommandBody.TAGS, NAMES, CommandBody.SECRETS);
  }

  CommandForm.Read sim() {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode secrets = JSON.createObjectNode();
    for (SimSecret secret : SimSecret.values()) {
      Optional<String> code = fields.text(secret.member(), secret.form(), secret.valid());
      Optional<Boolean> active = fields.flag(secret.activeMember());
      code.ifPresent(digits -> {
        secrets.put(secret.member(), digits);
        body.putObject(secret.member()).put("secret", true);
        body.put(secret.activeMember(), active.orElse(true));
      });
      if (active.isPresent() && !fields.has(secret.member())) {
        fields.fault(secret.activeMember(), "without " + secret.member(), "both or none");
      }
    }
    List<String> modes = dialect.tlv(dialect.tags().simBindMode()).values().codes().stream()
        .map(code -> code.name())
        .toList();
    word(CommandBody.BINDING, modes).ifPresent(mode -> body.put(CommandBody.BINDING, mode));
    if (body.isEmpty()) {
      fields.fault(CommandBody.BINDING, "nothing is set", String.join(", ", simMembers()));
    }
    return new CommandForm.Read(body, true, secrets);
  }

  private Optional<String> word(String name, List<String> known) {
    String valid = String.join(", ", known);
    return fields.text(name, WORD, valid).filter(word -> {
      if (!known.contains(word)) {
        fields.fault(name, "unknown", valid);
      }
      return known.contains(word);
    });
  }

  CommandForm.Read security() {
    String operation = fields.required(CommandBody.OPERATION, WORD, OPERATIONS_VALID);
    ObjectNode body = JSON.createObjectNode().put(CommandBody.OPERATION, operation);
    switch (operation) {
      case CommandBody.READ_VALUES -> {
        only(CommandBody.TAGS, NAMES);
        values(body.putArray(CommandBody.TAGS));
      }
      case CommandBody.READ_DIGESTS -> {
        only(CommandBody.SECRETS);
        Optional<Set<String>> asked = fields.texts(CommandBody.SECRETS, SECRETS);
        ArrayNode list = body.putArray(CommandBody.SECRETS);
        SECRETS.stream()
            .filter(secret -> asked.isEmpty() || asked.get().contains(secret))
            .forEach(list::add);
        if (list.isEmpty()) {
          fields.fault(CommandBody.SECRETS, "empty", String.join(", ", SECRETS));
        }
      }
      case CommandBody.ACTIVATE -> only();
      default -> {
        if (fields.has(CommandBody.OPERATION) && !operation.isEmpty()) {
          fields.fault(CommandBody.OPERATION, "unknown", OPERATIONS_VALID);
        }
      }
    }
    return new CommandForm.Read(body, true);
  }

  /** Members of other operations have no meaning. */
  private void only(String... members) {
    for (String member : List.of(CommandBody.TAGS, NAMES, CommandBody.SECRETS)) {
      if (fields.has(member) && !List.of(members).contains(member)) {
        fields.fault(member, "not of this operation", "the members of the operation");
      }
    }
  }

  private void values(ArrayNode tags) {
    boolean named = fields.has(NAMES);
    if (named == fields.has(CommandBody.TAGS)) {
      fields.fault(CommandBody.TAGS, "one of tags and names is needed", "[\"E00D\"]");
    }
    String member = named ? NAMES : CommandBody.TAGS;
    List<String> asked = fields
        .listed(member, named ? "names of the dictionary" : "tags of four hex digits")
        .orElse(List.of());
    Set<String> found = new LinkedHashSet<>();
    for (int i = 0; i < asked.size(); i++) {
      String pointer = fields.at(member) + "/" + i;
      allowed(pointer, asked.get(i)).map(TlvDef::hexTag).ifPresent(found::add);
    }
    if (asked.isEmpty()) {
      fields.fault(member, "empty", "at least one");
    }
    found.forEach(tags::add);
  }

  private Optional<TlvDef> allowed(String pointer, String text) {
    Optional<TlvDef> found = CommandForm.NAME.matcher(text).matches()
        ? dialect.tlv(text).filter(TlvDef::known)
        : Optional.empty();
    Optional<String> why = found.isEmpty()
        ? Optional.of("the dialect " + dialect.name() + " does not know it")
        : found.flatMap(this::forbidden);
    why.ifPresent(detail -> faults.add(
        ProblemType.TAG_NOT_ALLOWED,
        pointer,
        detail,
        "a tag of the terminal's security that is no secret"));
    return why.isPresent() ? Optional.empty() : found;
  }

  private Optional<String> forbidden(TlvDef def) {
    if (def.secret()) {
      return Optional.of(def.name() + " is a secret; " + CommandBody.READ_DIGESTS + " compares it");
    }
    if (!def.category().equals(SECURITY)) {
      return Optional.of(def.name() + " is no part of the terminal's security: type read reads it");
    }
    boolean ofFrames =
        def.tag() == dialect.tags().digest() || def.tag() == dialect.tags().encryptedBody();
    return ofFrames
        ? Optional.of(def.name() + " is part of every frame and no value")
        : Optional.empty();
  }
}
