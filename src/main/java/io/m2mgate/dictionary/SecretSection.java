package io.m2mgate.dictionary;

import java.util.Set;

/** Reads how secrets look out of the protocol data. Stateless. */
final class SecretSection {
  /** What every cipher takes of a key. */
  private static final int LEAST_KEY = 16;

  private static final String HEX_RANGE = "[0-9A-Fa-f]{2}(-[0-9A-Fa-f]{2})?";

  private SecretSection() {}

  static SecretRules read(DataNode section) {
    section.only(Set.of("password", "baseKey", "sessionKey", "absentBaseKey"));
    return new SecretRules(
        secret(section.at("password"), 1),
        secret(section.at("baseKey"), LEAST_KEY),
        secret(section.at("sessionKey"), LEAST_KEY),
        length(section.at("absentBaseKey").only(Set.of("length", "grade", "meaning")), 0));
  }

  private static SecretDef secret(DataNode node, int least) {
    node.only(Set.of("length", "characters", "octets", "grade", "meaning"));
    if (node.has("characters") == node.has("octets")) {
      throw node.fault("either characters or octets were expected");
    }
    var octets = node.has("octets") ? octets(node.at("octets")) : characters(node.at("characters"));
    return new SecretDef(length(node, least), octets, node.grade(Grade.ASSIGNED));
  }

  private static int length(DataNode node, int least) {
    int length = node.number("length");
    if (length < least || length > TlvDef.UNLIMITED) {
      throw node.at("length")
          .fault(least + " to " + TlvDef.UNLIMITED + " was expected, found " + length);
    }
    return length;
  }

  /** Characters and ranges of them, as {@code A-Za-z0-9}; a hyphen of its own stands first or last. */
  private static String characters(DataNode node) {
    var text = node.asText();
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      boolean range = i + 2 < text.length() && text.charAt(i + 1) == '-';
      addRange(node, out, text.charAt(i), text.charAt(range ? i + 2 : i));
      i += range ? 2 : 0;
    }
    return checked(node, out);
  }

  /** Octets and ranges of them in hex, as {@code 01-2F 3A-FF}. */
  private static String octets(DataNode node) {
    var text = node.asText();
    if (!text.matches(HEX_RANGE + "( " + HEX_RANGE + ")*")) {
      throw node.fault("hex octets and ranges of them were expected, found " + text);
    }
    var out = new StringBuilder();
    for (String range : text.split(" ")) {
      int from = Integer.parseInt(range.substring(0, 2), 16);
      addRange(node, out, from, Integer.parseInt(range.substring(range.length() - 2), 16));
    }
    return checked(node, out);
  }

  private static void addRange(DataNode node, StringBuilder out, int from, int to) {
    if (from < 1 || to > 0xFF || from > to) {
      throw node.fault("octets from 01 to FF were expected, in rising ranges");
    }
    for (int octet = from; octet <= to; octet++) {
      out.append((char) octet);
    }
  }

  private static String checked(DataNode node, StringBuilder octets) {
    if (octets.isEmpty()) {
      throw node.fault("at least one octet was expected");
    }
    if (octets.chars().distinct().count() != octets.length()) {
      throw node.fault("an octet is given twice");
    }
    return octets.toString();
  }
}
