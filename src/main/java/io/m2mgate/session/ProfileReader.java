package io.m2mgate.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads profiles from JSON laid over a base profile's, and says of each bad member where it is and what would be valid. Used
 * by one thread; one instance reads one profile.
 */
public final class ProfileReader {

  /**
   * What is wrong with a member.
   *
   * @param pointer JSON pointer
   * @param detail what is wrong
   * @param valid what would be valid
   */
  public record Problem(String pointer, String detail, String valid) {}

  /** A profile's JSON that can't be used. */
  public static final class InvalidProfile extends RuntimeException {
    private final transient List<Problem> problems;

    InvalidProfile(List<Problem> problems) {
      super(problems.toString(), null, false, false);
      this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
      return problems;
    }
  }

  private final List<Problem> problems = new ArrayList<>();
  private final Predicate<String> dialectExists;

  private ProfileReader(Predicate<String> dialectExists) {
    this.dialectExists = dialectExists;
  }

  /**
   * @param base a complete profile's JSON; members absent in {@code body} are taken from it
   * @throws InvalidProfile with all problems at once
   */
  public static Profile read(
      String name, ObjectNode base, ObjectNode body, Predicate<String> dialectExists) {
    return new ProfileReader(dialectExists).read(name, base, body);
  }

  /** {@code body} laid over {@code base}, nested objects member by member. */
  public static ObjectNode overlay(ObjectNode base, ObjectNode body) {
    ObjectNode merged = base.deepCopy();
    body.properties().forEach(member -> {
      JsonNode below = merged.get(member.getKey());
      if (below instanceof ObjectNode lower && member.getValue() instanceof ObjectNode upper) {
        merged.set(member.getKey(), overlay(lower, upper));
      } else {
        merged.set(member.getKey(), member.getValue());
      }
    });
    return merged;
  }

  private Profile read(String name, ObjectNode base, ObjectNode body) {
    unknownMembers("", base, body);
    ObjectNode all = overlay(base, body);
    String dialect = text(all, "dialect");
    if (!dialectExists.test(dialect)) {
      problem("/dialect", "no dialect of this name is loaded", "a dialect's name, such as wmmp-3");
    }
    Profile profile = new Profile(
        name,
        dialect,
        choice(all, "digest", Profile.DigestPolicy.class),
        choice(all, "onWrongDigest", Profile.WrongDigest.class),
        flag(all, "trapHeaderOnly"),
        choice(all, "ack", Profile.AckPolicy.class),
        choice(all, "crcError", Profile.CrcError.class),
        choice(all, "loginTrap", Profile.LoginTrap.class),
        choice(all, "encryption", EncryptionPolicy.values(), EncryptionPolicy::text),
        choice(all, "cipher", CipherKind.values(), CipherKind::text),
        choice(all, "mac", MacKind.values(), MacKind::text),
        choice(all, "expiry", ExpiryPolicy.values(), ExpiryPolicy::text),
        number(all, "", "heartbeatSeconds", 5, 86_400),
        number(all, "", "silenceSeconds", 1, 86_400),
        number(all, "", "terminalTimeoutSeconds", 1, 3_600),
        exchange(all.path("exchange")),
        number(all, "", "maxPartBytes", 64, 65_000),
        number(all, "", "maxFrameBytes", 64, 65_535),
        number(all, "", "maxBodyBytes", 64, 65_507),
        flag(all, "segments"),
        bearers(all),
        oneOf(all, "prefer", "tcp", "udp", "sms"),
        oneOf(all, "wake", "none", "sms"));
    if (!problems.isEmpty()) {
      throw new InvalidProfile(problems);
    }
    return profile;
  }

  private void unknownMembers(String at, ObjectNode base, ObjectNode body) {
    for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
      String member = names.next();
      JsonNode known = base.get(member);
      if (known == null) {
        List<String> valid = new ArrayList<>();
        base.fieldNames().forEachRemaining(valid::add);
        problem(at + "/" + escaped(member), "unknown member", "one of " + String.join(", ", valid));
      } else if (known instanceof ObjectNode inner
          && body.get(member) instanceof ObjectNode given) {
        unknownMembers(at + "/" + member, inner, given);
      }
    }
  }

  private Profile.Exchange exchange(JsonNode node) {
    return new Profile.Exchange(
        number(node, "/exchange", "timeoutSeconds", 1, 600),
        number(node, "/exchange", "udpTimeoutSeconds", 1, 600),
        number(node, "/exchange", "smsTimeoutSeconds", 1, 86_400),
        number(node, "/exchange", "sends", 1, 10),
        number(node, "/exchange", "smsSends", 1, 10),
        number(node, "/exchange", "gapMillis", 0, 60_000));
  }

  private Set<String> bearers(JsonNode all) {
    Set<String> found = new LinkedHashSet<>();
    JsonNode list = all.path("bearers");
    list.forEach(entry -> found.add(entry.asText()));
    if (!list.isArray() || found.isEmpty() || !Set.of("tcp", "udp", "sms").containsAll(found)) {
      problem("/bearers", "not a list of bearers", "at least one of tcp, udp, sms");
    }
    return found;
  }

  private <E extends Enum<E>> E choice(JsonNode node, String member, Class<E> type) {
    return choice(node, member, type.getEnumConstants(), ProfileReader::wireName);
  }

  private <E> E choice(JsonNode node, String member, E[] values, Function<E, String> text) {
    List<String> texts = Arrays.stream(values).map(text).toList();
    int found = texts.indexOf(node.path(member).asText());
    if (found < 0) {
      problem("/" + member, "not a known choice", "one of " + String.join(", ", texts));
    }
    return values[Math.max(found, 0)];
  }

  private static String wireName(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private String oneOf(JsonNode node, String member, String... valid) {
    String given = node.path(member).asText();
    if (!Arrays.asList(valid).contains(given)) {
      problem("/" + member, "not a known choice", "one of " + String.join(", ", valid));
    }
    return given;
  }

  private String text(JsonNode node, String member) {
    if (!node.path(member).isTextual()) {
      problem("/" + member, "not a text", "a text");
    }
    return node.path(member).asText();
  }

  private boolean flag(JsonNode node, String member) {
    if (!node.path(member).isBoolean()) {
      problem("/" + member, "not a boolean", "true or false");
    }
    return node.path(member).asBoolean();
  }

  private int number(JsonNode node, String at, String member, int least, int most) {
    JsonNode value = node.path(member);
    if (!value.canConvertToInt()
        || !value.isIntegralNumber()
        || value.asInt() < least
        || value.asInt() > most) {
      problem(at + "/" + member, "not a whole number in range", least + " to " + most);
    }
    return value.asInt();
  }

  /** RFC 6901. */
  private static String escaped(String member) {
    return member.replace("~", "~0").replace("/", "~1");
  }

  private void problem(String pointer, String detail, String valid) {
    problems.add(new Problem(pointer, detail, valid));
  }
}
