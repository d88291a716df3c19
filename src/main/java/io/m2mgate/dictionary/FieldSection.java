package io.m2mgate.dictionary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads fields, structs and code tables out of the protocol data. Stateless. */
final class FieldSection {
  private FieldSection() {}

  static Map<String, StructDef> structs(DataNode section) {
    var out = new LinkedHashMap<String, StructDef>();
    section.entries().forEach((name, s) -> {
      s.only(Set.of("fields", "repeat", "hexText", "notes", "grade"));
      var grade = s.grade(Grade.ASSIGNED);
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

  static List<FieldDef> fields(DataNode owner, Grade ownerGrade) {
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
          f.grade(ownerGrade)));
      offset = size < 0 ? -1 : offset + size;
    }
    return out;
  }

  static CodeTable codeTable(String title, DataNode table, Grade ownerGrade) {
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
          node.grade(ownerGrade)));
    });
    return new CodeTable(title, out);
  }
}
