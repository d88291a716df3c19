package io.m2mgate.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Turns the merged data of one dialect into definitions and complains about all that cannot be right. */
final class DialectReader {
  static final Set<String> SECTIONS = Set.of(
      "name",
      "description",
      "extends",
      "serialPrefixes",
      "headers",
      "flags",
      "codes",
      "controls",
      "security",
      "secrets",
      "digestRules",
      "crc16",
      "crc32",
      "roles",
      "alarms",
      "shortMessages",
      "commands",
      "tlvs",
      "structs");

  private static final Set<String> HEADER_KEYS = Set.of(
      "versionMask",
      "version",
      "answerVersion",
      "size",
      "flagsOffset",
      "serialOffset",
      "serialSize",
      "ackBit",
      "grade",
      "meaning");
  private static final Set<String> DIGEST_KEYS = Set.of(
      "always",
      "skippable",
      "clearExempt",
      "headerOnly",
      "unsignedRegisterOperations",
      "signedLoginResults",
      "grade",
      "meaning");

  private final DataNode root;

  DialectReader(JsonNode merged) {
    this.root = new DataNode("", merged);
  }

  Dialect read() {
    root.only(SECTIONS);
    var tlvs = new TlvSection(FieldSection.structs(root.at("structs"))).read(root.at("tlvs"));
    var headers = headers();
    var commands = new CommandSection(headers.get(0).ackBit(), tlvs).read(root.at("commands"));
    var codes = new LinkedHashMap<String, CodeTable>();
    root.at("codes")
        .entries()
        .forEach(
            (name, node) -> codes.put(name, FieldSection.codeTable(name, node, Grade.ASSIGNED)));
    var roles = new LinkedHashMap<String, String>();
    root.at("roles").entries().forEach((role, node) -> roles.put(role, node.asText()));
    return new Dialect(
        root.text("name"),
        root.text("description", ""),
        root.texts("serialPrefixes"),
        headers,
        commands,
        tlvs,
        roles,
        codes,
        controls(tlvs),
        digestRules(),
        crc16(),
        SecretSection.read(root.at("secrets")),
        security().text("cipher"),
        security().text("mac"),
        alarms(),
        shortMessages());
  }

  private ShortMessageDef shortMessages() {
    var s = root.at("shortMessages")
        .only(Set.of(
            "maxFrameBytes",
            "dataCoding",
            "servicePort",
            "uplinkPort",
            "downlinkPort",
            "reference",
            "grade",
            "meaning"));
    int maxFrameBytes = s.number("maxFrameBytes");
    if (maxFrameBytes < 1 || maxFrameBytes > ShortMessageDef.MOST_FRAME_BYTES) {
      throw s.fault("maxFrameBytes: 1.." + ShortMessageDef.MOST_FRAME_BYTES
          + " bytes are left of a message by its header");
    }
    return new ShortMessageDef(
        maxFrameBytes,
        s.number("dataCoding"),
        s.hex("servicePort", 4),
        s.hex("uplinkPort", 4),
        s.hex("downlinkPort", 4),
        s.hex("reference", 2),
        s.grade(Grade.ASSIGNED));
  }

  private List<ControlDef> controls(List<TlvDef> tlvs) {
    var out = new ArrayList<ControlDef>();
    root.at("controls").entries().forEach((name, c) -> {
      c.only(Set.of("shownBy", "tags", "patient", "idempotent", "grade"));
      out.add(new ControlDef(
          name,
          c.at("shownBy").as(ControlDef.Evidence.class),
          c.items("tags").stream()
              .map(tag -> knownTag(tag, tlvs))
              .collect(Collectors.toUnmodifiableSet()),
          c.flag("patient", false),
          c.flag("idempotent", false),
          c.grade(Grade.ASSIGNED)));
    });
    return out;
  }

  private AlarmRules.Names alarms() {
    var rules = root.at("alarms")
        .only(Set.of("clearedByLogin", "updateError", "updateFailed", "grade", "meaning"));
    return new AlarmRules.Names(
        rules.texts("clearedByLogin"), rules.texts("updateError"), rules.texts("updateFailed"));
  }

  private static int knownTag(DataNode hex, List<TlvDef> tlvs) {
    return tlvs.stream()
        .filter(def -> def.hexTag().equals(hex.asText()))
        .map(TlvDef::tag)
        .findFirst()
        .orElseThrow(() -> hex.fault("no TLV has the tag " + hex.asText()));
  }

  private DataNode security() {
    return root.at("security").only(Set.of("cipher", "mac", "grade"));
  }

  private List<HeaderDef> headers() {
    var flags = root.at("flags").only(Set.of("passwords", "encryption", "digest", "wrapped"));
    var bits = new FlagBits(
        bit(flags, "passwords"),
        bit(flags, "encryption"),
        bit(flags, "digest"),
        bit(flags, "wrapped"));
    var out = new ArrayList<HeaderDef>();
    root.at("headers").entries().forEach((name, h) -> {
      h.only(HEADER_KEYS);
      var def = new HeaderDef(
          name,
          h.hex("versionMask", 4),
          h.hex("version", 4),
          h.hex("answerVersion", 4),
          h.number("size"),
          h.number("flagsOffset", -1),
          h.number("serialOffset"),
          h.number("serialSize"),
          h.hex("ackBit", 4),
          bits,
          h.grade(Grade.ASSIGNED));
      if (def.size() < 10
          || def.serialOffset() + def.serialSize() > def.size()
          || def.flagsOffset() >= def.size()
          || def.flagsOffset() >= 0 && def.flagsOffset() < 10
          || def.serialOffset() < 10
          || !def.takes(def.answerVersion())) {
        throw h.fault("offsets, size and versions contradict each other");
      }
      out.add(def);
    });
    if (out.isEmpty()) {
      throw root.at("headers").fault("at least one header is needed");
    }
    return out;
  }

  private static int bit(DataNode flags, String name) {
    return flags.at(name).hex("bit", 2);
  }

  private DigestRules digestRules() {
    var d = root.at("digestRules").only(DIGEST_KEYS);
    return new DigestRules(
        commandSet(d, "always"),
        commandSet(d, "skippable"),
        commandSet(d, "clearExempt"),
        commandSet(d, "headerOnly"),
        numbers(d, "unsignedRegisterOperations"),
        numbers(d, "signedLoginResults"),
        d.grade(Grade.ASSIGNED));
  }

  private static Set<Command> commandSet(DataNode node, String key) {
    return node.items(key).stream()
        .map(n -> n.as(Command.class))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Set<Integer> numbers(DataNode node, String key) {
    return node.items(key).stream().map(DataNode::asInt).collect(Collectors.toUnmodifiableSet());
  }

  private Crc16Def crc16() {
    var c = root.at("crc16")
        .only(Set.of("name", "polynomial", "init", "reflected", "xorOut", "grade", "meaning"));
    return new Crc16Def(
        c.text("name"),
        c.hex("polynomial", 4),
        c.hex("init", 4),
        c.flag("reflected", false),
        c.hex("xorOut", 4),
        c.grade(Grade.ASSIGNED));
  }
}
