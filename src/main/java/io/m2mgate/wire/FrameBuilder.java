package io.m2mgate.wire;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.HeaderDef;
import io.m2mgate.dictionary.Layout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Builds one frame by names: for tools, tests and the simulated terminal; the data plane uses {@link FrameEncoder}. One
 * thread, one frame.
 */
public final class FrameBuilder {
  private final Dialect dialect;
  private final CommandDef command;
  private final boolean ack;
  private final Map<String, byte[]> fields = new HashMap<>();
  private final BodyWriter tlvs = new BodyWriter();
  private final byte[] serial;
  private HeaderDef header;
  private int version;
  private int sequence;
  private int flags;
  private boolean digest;

  private FrameBuilder(Dialect dialect, Command command, boolean ack) {
    this.dialect = dialect;
    this.command = dialect.command(command);
    this.ack = ack;
    this.header = dialect.header();
    this.version = header.answerVersion();
    this.serial = new byte[header.serialSize()];
  }

  public static FrameBuilder request(Dialect dialect, Command command) {
    return new FrameBuilder(dialect, command, false);
  }

  public static FrameBuilder ack(Dialect dialect, Command command) {
    return new FrameBuilder(dialect, command, true);
  }

  public FrameBuilder sequence(int value) {
    sequence = value;
    return this;
  }

  public FrameBuilder flags(int value) {
    flags = value;
    return this;
  }

  public FrameBuilder version(int value) {
    version = value;
    return this;
  }

  public FrameBuilder header(HeaderDef value) {
    header = value;
    version = value.answerVersion();
    return this;
  }

  public FrameBuilder serial(String value) {
    var b = value.getBytes(StandardCharsets.ISO_8859_1);
    if (b.length != serial.length) {
      throw new InvalidValue("serial", b.length + " characters", serial.length + " characters");
    }
    System.arraycopy(b, 0, serial, 0, b.length);
    return this;
  }

  /** Leaves room for a digest at the end; the flag is set separately, as the field does it. */
  public FrameBuilder digest() {
    digest = true;
    return this;
  }

  /** Sets a fixed field to a number; fields that are not set are zero. */
  public FrameBuilder field(String name, long value) {
    var f = layout().field(name);
    if (f.size() < 1 || f.size() > 4) {
      throw new InvalidValue(name, "a number", "bytes or text");
    }
    fields.put(name, ValueCodec.number(name, value & (1L << 8 * f.size()) - 1, f.size()));
    return this;
  }

  public FrameBuilder field(String name, String text) {
    var f = layout().field(name);
    var b = text.getBytes(StandardCharsets.ISO_8859_1);
    return field(name, f.size() < 0 ? b : new BodyWriter().ascii(text, f.size()).toBytes());
  }

  public FrameBuilder field(String name, byte[] value) {
    var f = layout().field(name);
    if (f.size() >= 0 && f.size() != value.length) {
      throw new InvalidValue(name, value.length + " bytes", f.size() + " bytes");
    }
    fields.put(name, value.clone());
    if (f.size() < 0) {
      field(f.sizeFrom(), value.length);
    }
    return this;
  }

  public FrameBuilder tlv(int tag, byte[] value) {
    tlvs.tlv(tag, value);
    return this;
  }

  /** A TLV by name, tag in hex, and the typed value of {@link ValueCodec}. */
  public FrameBuilder tlv(String name, Object value) {
    var def = dialect
        .tlv(name)
        .orElseThrow(
            () -> new InvalidValue("tag", name, "a name of the dictionary or four hex digits"));
    return tlv(def.tag(), ValueCodec.encode(def, value));
  }

  /** A tag with length zero. */
  public FrameBuilder pair(int tag) {
    tlvs.pair(tag);
    return this;
  }

  /** The body alone: fixed fields, then TLVs. */
  public byte[] body() {
    var out = new BodyWriter();
    for (FieldDef f : layout().fields()) {
      var value = fields.get(f.name());
      if (value != null) {
        out.bytes(value);
      } else {
        out.zeros(Math.max(0, f.size()));
      }
    }
    return out.bytes(tlvs.array(), 0, tlvs.length()).toBytes();
  }

  public byte[] build() {
    return build(body());
  }

  /** The frame around another body: a part of it, or its ciphertext. */
  public byte[] build(byte[] body) {
    var encoder = new FrameEncoder(dialect, header);
    int size = encoder.size(body.length, digest);
    if (size > 0xFFFF) {
      throw new InvalidValue("frame", size + " bytes", "at most 65535");
    }
    var out = new byte[size];
    int id = ack ? command.ackId() : command.id();
    encoder.encode(id, sequence, version, flags, serial, 0, body, 0, body.length, digest, out, 0);
    return out;
  }

  private Layout layout() {
    return command.layout(ack);
  }
}
