package io.m2mgate.wire;

import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.StructDef;
import io.m2mgate.dictionary.TlvDef;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Structured values by the layouts of the dictionary. Stateless; decoding never throws. */
final class StructCodec {
  private StructCodec() {}

  static Object decode(TlvDef def, StructDef struct, byte[] b, int off, int len) {
    if (struct.repeat()) {
      return series(def, struct, b, off, len);
    }
    if (struct.open() ? len >= struct.size() : len == struct.size()) {
      return def.fits(len) ? element(struct, b, off, len) : ValueCodec.odd(def, b, off, len);
    }
    // Some stacks cut a value at its first zero byte: show the fields that are whole.
    var out = ValueCodec.odd(def, b, off, len);
    for (FieldDef f : struct.fields()) {
      if (f.size() > 0 && f.offset() + f.size() <= len) {
        out.put(f.name(), value(f, b, off + f.offset(), f.size()));
      }
    }
    return out;
  }

  private static Object series(TlvDef def, StructDef struct, byte[] b, int off, int len) {
    if (readAsHexText(struct, b, off, len)) {
      var plain = Bytes.unhex(new String(b, off, len, StandardCharsets.US_ASCII));
      if (def.fits(plain.length)) {
        return elements(struct, plain, 0, plain.length);
      }
    }
    if (def.fits(len) && len % struct.size() == 0) {
      return elements(struct, b, off, len);
    }
    var out = ValueCodec.odd(def, b, off, len);
    out.put("items", elements(struct, b, off, len - len % struct.size()));
    return out;
  }

  private static List<Object> elements(StructDef struct, byte[] b, int off, int len) {
    var out = new ArrayList<>();
    for (int i = off; i < off + len; i += struct.size()) {
      out.add(
          struct.fields().size() == 1
              ? value(struct.fields().get(0), b, i, struct.size())
              : element(struct, b, i, struct.size()));
    }
    return out;
  }

  private static Map<String, Object> element(StructDef struct, byte[] b, int off, int len) {
    var out = new LinkedHashMap<String, Object>();
    for (FieldDef f : struct.fields()) {
      out.put(f.name(), value(f, b, off + f.offset(), f.size() < 0 ? len - f.offset() : f.size()));
    }
    return out;
  }

  private static Object value(FieldDef f, byte[] b, int at, int size) {
    return switch (f.type()) {
      case U8, U16, U32 -> ValueCodec.number(b, at, size);
      case TAG -> Bytes.hex(b, at, size).toUpperCase(Locale.ROOT);
      case ASCII, TEXT -> new String(b, at, size, StandardCharsets.ISO_8859_1);
      case BYTES -> Bytes.hex(b, at, size);
    };
  }

  private static boolean readAsHexText(StructDef struct, byte[] b, int off, int len) {
    return struct.hexText() && len > 0 && len % (2 * struct.size()) == 0 && hexDigits(b, off, len);
  }

  private static boolean hexDigits(byte[] b, int off, int len) {
    for (int i = off; i < off + len; i++) {
      if (Character.digit((char) (b[i] & 0xFF), 16) < 0 || b[i] < 0) {
        return false;
      }
    }
    return true;
  }

  static byte[] encode(TlvDef def, StructDef struct, Object value) {
    var out = new BodyWriter();
    if (!struct.repeat()) {
      encode(def.name(), struct, value, out);
      return ValueCodec.fitting(def, out.toBytes());
    }
    if (!(value instanceof List<?> list)) {
      throw new InvalidValue(def.name(), ValueCodec.shown(value), "a list");
    }
    for (int i = 0; i < list.size(); i++) {
      var where = def.name() + "[" + i + "]";
      if (struct.fields().size() == 1) {
        encode(where, struct.fields().get(0), list.get(i), out);
      } else {
        encode(where, struct, list.get(i), out);
      }
    }
    byte[] plain = ValueCodec.fitting(def, out.toBytes());
    // Bytes that happen to be hex digits would be read as text: only as text they stay what they
    // are.
    return readAsHexText(struct, plain, 0, plain.length)
        ? Bytes.hex(plain, 0, plain.length).getBytes(StandardCharsets.US_ASCII)
        : plain;
  }

  private static void encode(String where, StructDef struct, Object value, BodyWriter out) {
    var names = struct.fields().stream().map(FieldDef::name).toList();
    if (!(value instanceof Map<?, ?> map) || !names.containsAll(map.keySet())) {
      throw new InvalidValue(where, ValueCodec.shown(value), "an object of " + names);
    }
    for (FieldDef f : struct.fields()) {
      var field = map.get(f.name());
      if (field == null) {
        throw new InvalidValue(where + "." + f.name(), "missing", "an object of " + names);
      }
      encode(where + "." + f.name(), f, field, out);
    }
  }

  private static void encode(String where, FieldDef f, Object value, BodyWriter out) {
    switch (f.type()) {
      case U8, U16, U32 ->
        out.bytes(ValueCodec.number(where, ValueCodec.longOf(where, value), f.size()));
      case TAG -> out.u16(tag(where, value));
      case ASCII, TEXT -> {
        var text = ValueCodec.string(where, value, "text").getBytes(StandardCharsets.ISO_8859_1);
        if (f.size() >= 0 && text.length > f.size()) {
          throw new InvalidValue(where, text.length + " characters", "at most " + f.size());
        }
        out.bytes(text).zeros(Math.max(0, f.size() - text.length));
      }
      case BYTES -> {
        var bytes = Bytes.unhex(ValueCodec.string(where, value, "hex digits"));
        if (f.size() >= 0 && bytes.length != f.size()) {
          throw new InvalidValue(where, bytes.length + " bytes", f.size() + " bytes");
        }
        out.bytes(bytes);
      }
    }
  }

  private static int tag(String where, Object value) {
    var hex = ValueCodec.string(where, value, "a tag of four hex digits");
    if (!hex.matches("[0-9A-Fa-f]{4}")) {
      throw new InvalidValue(where, ValueCodec.shown(value), "a tag of four hex digits");
    }
    return Integer.parseInt(hex, 16);
  }
}
