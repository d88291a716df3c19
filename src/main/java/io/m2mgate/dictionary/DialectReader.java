package io.m2mgate.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
      "security",
      "digestRules",
      "crc16",
      "crc32",
      "roles",
      "commands",
      "tlvs",
      "structs");
  private static final Set<String> TLV_KEYS = Set.of(
      "tag",
      "zh",
      "zhFrom",
      "category",
      "type",
      "struct",
      "min",
      "max",
      "multipleOf",
      "default",
      "range",
      "readable",
      "writable",
      "setBy",
      "effect",
      "access",
      "secret",
      "vendor",
      "values",
      "meaning",
      "notes",
      "grade",
      "seenIn");
  private static final Set<String> COMMAND_KEYS = Set.of(
      "id",
      "ackId",
      "initiator",
      "mode",
      "segmentable",
      "request",
      "ack",
      "results",
      "refusal",
      "resultField",
      "flagsSeen",
      "digest",
      "transport",
      "neverEncrypted",
      "notes",
      "certainty",
      "grade",
      "tagsSeen");

  private final DataNode root;

  DialectReader(JsonNode merged) {
    this.root = new DataNode("", merged);
  }

  Dialect read() {
    root.only(SECTIONS);
    var structs = structs();
    var tlvs = tlvs(structs);
    var headers = headers();
    var commands = commands(headers, tlvs);
    var codes = new LinkedHashMap<String, CodeTable>();
    root.at("codes")
        .entries()
        .forEach((name, node) -> codes.put(name, codeTable(name, node, Grade.ASSIGNED)));
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
        digestRules(),
        crc16(),
        root.at("security").text("cipher"),
        root.at("security").text("mac"));
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
          grade(h, Grade.ASSIGNED));
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

  private Map<String, StructDef> structs() {
    var out = new LinkedHashMap<String, StructDef>();
    root.at("structs").entries().forEach((name, s) -> {
      s.only(Set.of("fields", "repeat", "hexText", "notes", "grade"));
      var grade = grade(s, Grade.ASSIGNED);
      var fields = fields(s, grade);
      if (fields.isEmpty()) {
        throw s.fault("a struct needs fields");
      }
      var def = new StructDef(
          name,
          fields,
          s.flag("repeat", false),
          s.flag("hexText", false),
          s.text("notes", ""),
          grade);
      if (def.repeat() && def.open()) {
        throw s.fault("a series cannot end in a field of any length");
      }
      out.put(name, def);
    });
    return out;
  }

  private List<FieldDef> fields(DataNode owner, Grade ownerGrade) {
    var out = new ArrayList<FieldDef>();
    int offset = 0;
    for (DataNode f : owner.items("fields")) {
      f.only(Set.of("name", "type", "size", "sizeFrom", "text", "meaning", "grade"));
      if (offset < 0) {
        throw f.fault("nothing may follow a field of variable size");
      }
      var type = f.at("type").as(FieldType.class);
      int size = f.number("size", type.number() ? type.size() : -1);
      if (type.number() && size != type.size() || size == 0 || size < -1) {
        throw f.fault("size " + size + " does not go with type " + f.text("type"));
      }
      var sizeFrom = f.text("sizeFrom", "");
      if (!sizeFrom.isEmpty()
          && out.stream().noneMatch(o -> o.name().equals(sizeFrom) && o.type().number())) {
        throw f.fault("sizeFrom names no earlier number field: " + sizeFrom);
      }
      var name = f.text("name");
      if (out.stream().anyMatch(o -> o.name().equals(name))) {
        throw f.fault("the field " + name + " is given twice");
      }
      out.add(new FieldDef(
          name,
          type,
          offset,
          size,
          sizeFrom,
          f.text("text", "").equals("visible"),
          f.text("meaning", ""),
          grade(f, ownerGrade)));
      offset = size < 0 ? -1 : offset + size;
    }
    return out;
  }

  private List<TlvDef> tlvs(Map<String, StructDef> structs) {
    var out = new ArrayList<TlvDef>();
    root.at("tlvs").entries().forEach((name, t) -> out.add(tlv(name, t.only(TLV_KEYS), structs)));
    return out;
  }

  private TlvDef tlv(String name, DataNode t, Map<String, StructDef> structs) {
    if (name.matches("[0-9A-Fa-f]{4}")) {
      throw t.fault("a name of four hex digits would be taken for a tag");
    }
    var grade = grade(t, Grade.ASSIGNED);
    var type = tlvType(t);
    Optional<StructDef> struct = Optional.empty();
    if (type == TlvType.STRUCT) {
      struct = Optional.ofNullable(structs.get(t.text("struct")));
      if (struct.isEmpty()) {
        throw t.at("struct").fault("no struct is named " + t.text("struct"));
      }
    }
    int min = t.number("min", type.size());
    int max = t.number("max", type.size() > 0 ? type.size() : TlvDef.UNLIMITED);
    int multipleOf = t.number("multipleOf", 1);
    if (min < 0
        || max < min
        || max > TlvDef.UNLIMITED
        || multipleOf < 1
        || type.size() > 0 && (min != type.size() || max != type.size())
        || type == TlvType.BITMAP && max > 4) {
      throw t.fault("lengths " + min + ".." + max + " do not go with type " + type.id());
    }
    int tag = t.hex("tag", 4);
    var values = t.has("values") ? codeTable(name, t.at("values"), grade) : CodeTable.EMPTY;
    return new TlvDef(
        tag,
        name,
        t.text("zh", ""),
        t.text("zhFrom", ""),
        t.text("category", "custom"),
        type,
        struct,
        min,
        max,
        multipleOf,
        t.text("default", ""),
        t.text("range", ""),
        t.flag("readable", true),
        t.flag("writable", true),
        t.oneOf("setBy", Side.class, Side.UNKNOWN),
        t.flag("secret", false),
        t.flag("vendor", false),
        t.text("effect", ""),
        t.text("access", ""),
        values,
        t.text("meaning", ""),
        t.text("notes", ""),
        grade,
        t.texts("seenIn"),
        true);
  }

  private static TlvType tlvType(DataNode t) {
    for (TlvType type : TlvType.values()) {
      if (type.id().equals(t.text("type"))) {
        return type;
      }
    }
    throw t.at("type").fault("unknown type " + t.text("type"));
  }

  private List<CommandDef> commands(List<HeaderDef> headers, List<TlvDef> tlvs) {
    var names = tlvs.stream().map(TlvDef::name).collect(Collectors.toSet());
    var out = new ArrayList<CommandDef>();
    var section = root.at("commands");
    for (var e : section.entries().entrySet()) {
      var c = e.getValue().only(COMMAND_KEYS);
      Command command = new DataNode(c.path(), TextNode.valueOf(e.getKey())).as(Command.class);
      out.add(command(command, c, headers.get(0).ackBit(), names));
    }
    for (Command command : Command.values()) {
      if (out.stream().noneMatch(d -> d.command() == command)) {
        throw section.fault(command + " is missing");
      }
    }
    return out;
  }

  private CommandDef command(Command command, DataNode c, int ackBit, Set<String> tlvNames) {
    var grade = grade(c, Grade.ASSIGNED);
    int id = c.hex("id", 4);
    int ackId = c.hex("ackId", 4);
    if ((id & ackBit) != 0 || ackId != (id | ackBit)) {
      throw c.fault("the ack of " + c.text("id") + " must be the same number with the ack bit");
    }
    var results =
        c.has("results") ? codeTable(command.name(), c.at("results"), grade) : CodeTable.EMPTY;
    var ack = layout(c.at("ack"), grade, tlvNames);
    var resultField = c.text("resultField", "");
    if (!resultField.isEmpty() && !ack.has(resultField)) {
      throw c.at("resultField").fault("the ack has no field " + resultField);
    }
    var refusal =
        c.has("refusal") ? OptionalInt.of(c.at("refusal").number("code")) : OptionalInt.empty();
    if (refusal.isPresent() && results.find(refusal.getAsInt()).isEmpty()) {
      throw c.at("refusal").fault("not among the results");
    }
    return new CommandDef(
        command,
        id,
        ackId,
        c.oneOf("initiator", Side.class, Side.BOTH),
        layout(c.at("request"), grade, tlvNames),
        ack,
        results,
        resultField,
        refusal,
        c.flag("segmentable", false),
        c.flag("neverEncrypted", false),
        c.text("mode", ""),
        c.text("notes", ""),
        grade);
  }

  private Layout layout(DataNode node, Grade grade, Set<String> tlvNames) {
    node.only(Set.of("fields", "tail"));
    var tail = node.at("tail").only(Set.of("kind", "carries", "meaning"));
    for (DataNode name : tail.items("carries")) {
      if (!tlvNames.contains(name.asText())) {
        throw name.fault("no TLV is named " + name.asText());
      }
    }
    return new Layout(
        fields(node, grade),
        tail.at("kind").as(Layout.Tail.class),
        tail.texts("carries"),
        tail.text("meaning", ""));
  }

  private static CodeTable codeTable(String title, DataNode table, Grade ownerGrade) {
    var out = new ArrayList<Code>();
    table.entries().forEach((key, node) -> {
      node.only(Set.of("name", "meaning", "success", "grade"));
      if (!key.matches("[0-9]{1,10}")) {
        throw node.fault("a decimal code was expected");
      }
      var name = node.text("name");
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9-]*")) {
        throw node.at("name").fault("letters, digits and - were expected");
      }
      out.add(new Code(
          (int) Long.parseLong(key),
          name,
          node.text("meaning", ""),
          node.flag("success", false),
          grade(node, ownerGrade)));
    });
    return new CodeTable(title, out);
  }

  private DigestRules digestRules() {
    var d = root.at("digestRules");
    return new DigestRules(
        commandSet(d, "always"),
        commandSet(d, "skippable"),
        commandSet(d, "clearExempt"),
        commandSet(d, "headerOnly"),
        numbers(d, "unsignedRegisterOperations"),
        numbers(d, "signedLoginResults"),
        grade(d, Grade.ASSIGNED));
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
    var c = root.at("crc16");
    return new Crc16Def(
        c.text("name"),
        c.hex("polynomial", 4),
        c.hex("init", 4),
        c.flag("reflected", false),
        c.hex("xorOut", 4),
        grade(c, Grade.ASSIGNED));
  }

  private static Grade grade(DataNode node, Grade otherwise) {
    return node.oneOf("grade", Grade.class, otherwise);
  }
}
