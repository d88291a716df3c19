package io.m2mgate.dictionary;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the tags out of the protocol data, with the structs they refer to. */
final class TlvSection {
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

  private final Map<String, StructDef> structs;

  TlvSection(Map<String, StructDef> structs) {
    this.structs = structs;
  }

  List<TlvDef> read(DataNode section) {
    var out = new ArrayList<TlvDef>();
    section.entries().forEach((name, t) -> out.add(tlv(name, t.only(TLV_KEYS))));
    return out;
  }

  private TlvDef tlv(String name, DataNode t) {
    if (name.matches("[0-9A-Fa-f]{4}")) {
      throw t.fault("a name of four hex digits would be taken for a tag");
    }
    var grade = t.grade(Grade.ASSIGNED);
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
    var values =
        t.has("values") ? FieldSection.codeTable(name, t.at("values"), grade) : CodeTable.EMPTY;
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
}
