package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Crc16Def;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.upgrade.Block;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.DigestLocator;
import java.util.IdentityHashMap;
import java.util.Map;

/** Writes the answers to FILE_REQ, each into the array that its frame is made in. One for each lane. */
final class FileAnswers {

  private final Map<CommandDef, Shape> shapes = new IdentityHashMap<>();
  private final Map<Crc16Def, Crc16> checks = new IdentityHashMap<>();

  /** Where the fields of an answer begin. */
  private record Shape(int transaction, int status, int crc16, int offset, int length, int data) {
    static Shape of(CommandDef command) {
      Layout ack = command.layout(true);
      return new Shape(
          ack.field("transId").offset(),
          ack.field("status").offset(),
          ack.field("crc16").offset(),
          ack.field("readPoint").offset(),
          ack.field("length").offset(),
          ack.field("data").offset());
    }
  }

  /** With the room that {@code Reply.InPlace} asks for. */
  byte[] of(Uplink uplink, FileRequest asked, int result, Block block) {
    Shape shape = shape(uplink.command());
    int at = uplink.inbound().frame().header().size();
    byte[] out = new byte[at + shape.data() + block.length() + DigestLocator.TLV_SIZE];
    Bytes.u32(out, at + shape.transaction(), (int) asked.transaction());
    out[at + shape.status()] = (byte) result;
    Bytes.u32(out, at + shape.offset(), (int) asked.offset());
    Bytes.u16(out, at + shape.length(), block.length());
    block.copyTo(out, at + shape.data());
    int crc16 = check(uplink.dialect().crc16()).toSend(out, at + shape.data(), block.length());
    Bytes.u16(out, at + shape.crc16(), crc16);
    return out;
  }

  private Shape shape(CommandDef command) {
    // By identity, as the checks: hashing a definition costs more than the answer.
    Shape known = shapes.get(command);
    if (known == null) {
      known = Shape.of(command);
      shapes.put(command, known);
    }
    return known;
  }

  private Crc16 check(Crc16Def def) {
    Crc16 known = checks.get(def);
    if (known == null) {
      known = new Crc16(def);
      checks.put(def, known);
    }
    return known;
  }
}
