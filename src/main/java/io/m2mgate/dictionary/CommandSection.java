package io.m2mgate.dictionary;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the commands out of the protocol data, with the tags their bodies carry. */
final class CommandSection {
  private static final Set<String> COMMAND_KEYS = Set.of(
      "id",
      "ackId",
      "initiator",
      "mode",
      "segmentable",
      "routed",
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

  private final int ackBit;
  private final Set<String> tlvNames;

  CommandSection(int ackBit, List<TlvDef> tlvs) {
    this.ackBit = ackBit;
    this.tlvNames = tlvs.stream().map(TlvDef::name).collect(Collectors.toUnmodifiableSet());
  }

  List<CommandDef> read(DataNode section) {
    var out = new ArrayList<CommandDef>();
    for (var e : section.entries().entrySet()) {
      var c = e.getValue().only(COMMAND_KEYS);
      Command command = new DataNode(c.path(), TextNode.valueOf(e.getKey())).as(Command.class);
      out.add(command(command, c));
    }
    for (Command command : Command.values()) {
      if (out.stream().noneMatch(d -> d.command() == command)) {
        throw section.fault(command + " is missing");
      }
    }
    return out;
  }

  private CommandDef command(Command command, DataNode c) {
    var grade = c.grade(Grade.ASSIGNED);
    int id = c.hex("id", 4);
    int ackId = c.hex("ackId", 4);
    if ((id & ackBit) != 0 || ackId != (id | ackBit)) {
      throw c.fault("the ack of " + c.text("id") + " must be the same number with the ack bit");
    }
    var results = c.has("results")
        ? FieldSection.codeTable(command.name(), c.at("results"), grade)
        : CodeTable.EMPTY;
    var ack = layout(c.at("ack"), grade);
    var resultField = c.text("resultField", "");
    if (!resultField.isEmpty() && !ack.has(resultField)) {
      throw c.at("resultField").fault("the ack has no field " + resultField);
    }
    var refusal =
        c.has("refusal") ? OptionalInt.of(c.at("refusal").number("code")) : OptionalInt.empty();
    if (refusal.isPresent() && results.find(refusal.getAsInt()).isEmpty()) {
      throw c.at("refusal").fault("not among the results");
    }
    boolean routed = c.flag("routed", false);
    if (routed && command != Command.TRANSPARENT_CMD) {
      throw c.at("routed").fault("only TRANSPARENT_CMD carries a command that can be routed");
    }
    return new CommandDef(
        command,
        id,
        ackId,
        c.oneOf("initiator", Side.class, Side.BOTH),
        layout(c.at("request"), grade),
        ack,
        results,
        resultField,
        refusal,
        c.flag("segmentable", false),
        routed,
        c.flag("neverEncrypted", false),
        c.text("mode", ""),
        c.text("notes", ""),
        grade);
  }

  private Layout layout(DataNode node, Grade grade) {
    node.only(Set.of("fields", "tail"));
    var tail = node.at("tail").only(Set.of("kind", "carries", "meaning"));
    for (DataNode name : tail.items("carries")) {
      if (!tlvNames.contains(name.asText())) {
        throw name.fault("no TLV is named " + name.asText());
      }
    }
    return new Layout(
        FieldSection.fields(node, grade),
        tail.at("kind").as(Layout.Tail.class),
        tail.texts("carries"),
        tail.text("meaning", ""));
  }
}
