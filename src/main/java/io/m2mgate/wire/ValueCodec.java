package io.m2mgate.wire;

import io.m2mgate.dictionary.StructDef;
import io.m2mgate.dictionary.TlvDef;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * TLV values as numbers, text, hex, maps and lists, and back. Stateless.
 *
 * <p>Decoding takes whatever the field sends: a value of an unexpected form becomes a map with the raw bytes under
 * {@link #HEX} and the reason under {@link #UNEXPECTED} (behaviour 5.3.5), and is encoded to the same bytes again.
 */
public final class ValueCodec {
  /** The key that marks a value of an unexpected form; its value says what is unexpected. */
  public static final String UNEXPECTED = "unexpected";

  /** The key of the raw bytes of such a value. */
  public static final String HEX = "hex";

  private ValueCodec() {}

  /** Whether a decoded value is one of an unexpected form. */
  public static boolean unexpected(Object value) {
    return value instanceof Map<?, ?> map && map.containsKey(UNEXPECTED);
  }

  public static Object decode(TlvDef def, byte[] b) {
    return decode(def, b, 0, b.length);
  }

  /** The value in a range: an Integer, Long, String, Map or List. Never throws. */
  public static Object decode(TlvDef def, byte[] b, int off, int len) {
    return switch (def.type()) {
      case UINT8, UINT16, UINT32 ->
        len == def.type().size() ? number(b, off, len) : odd(def, b, off, len);
      case BITMAP -> len > 0 && def.fits(len) ? number(b, off, len) : odd(def, b, off, len);
      case IPV4 -> len == 4 ? dotted(b, off) : odd(def, b, off, len);
      case IP_OR_TEXT -> len == 4 ? dotted(b, off) : text(def, b, off, len);
      case STRING -> text(def, b, off, len);
      case BYTES -> def.fits(len) ? Bytes.hex(b, off, len) : odd(def, b, off, len);
      case STRUCT -> StructCodec.decode(def, def.struct().orElseThrow(), b, off, len);
    };
  }

  /** The bytes of a value: what {@link #decode} gives, a symbolic name of the tag's values, or a number as text. */
  public static byte[] encode(TlvDef def, Object value) {
    if (value instanceof Map<?, ?> map
        && map.get(HEX) instanceof String hex
        && map.containsKey(UNEXPECTED)) {
      return raw(def, hex);
    }
    return switch (def.type()) {
      case UINT8, UINT16, UINT32 ->
        number(def.name(), numberOf(def, value), def.type().size());
      case BITMAP -> number(def.name(), numberOf(def, value), def.maxLength());
      case IPV4 -> address(def.name(), value);
      case IP_OR_TEXT -> ipText(def, value);
      case STRING -> text(def, value);
      case BYTES -> fitting(def, raw(def, string(def.name(), value, "hex digits")));
      case STRUCT -> StructCodec.encode(def, struct(def), value);
    };
  }

  private static StructDef struct(TlvDef def) {
    return def.struct().orElseThrow();
  }

  static Number number(byte[] b, int off, int len) {
    return switch (len) {
      case 1 -> Bytes.u8(b, off);
      case 2 -> Bytes.u16(b, off);
      case 3 -> Bytes.u8(b, off) << 16 | Bytes.u16(b, off + 1);
      default -> Bytes.u32(b, off) & 0xFFFF_FFFFL;
    };
  }

  static byte[] number(String what, long value, int size) {
    long max = (1L << 8 * size) - 1;
    if (value < 0 || value > max) {
      throw new InvalidValue(what, Long.toString(value), "0 to " + max);
    }
    var out = new byte[size];
    for (int i = 0; i < size; i++) {
      out[i] = (byte) (value >>> 8 * (size - 1 - i));
    }
    return out;
  }

  private static long numberOf(TlvDef def, Object value) {
    if (value instanceof String name) {
      var code = def.values().find(name);
      if (code.isPresent()) {
        return code.getAsInt() & 0xFFFF_FFFFL;
      }
    }
    return longOf(def.name(), value);
  }

  static long longOf(String what, Object value) {
    if (value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof String s && s.matches("[0-9]{1,10}")) {
      return Long.parseLong(s);
    }
    throw new InvalidValue(what, shown(value), "a whole number");
  }

  static String string(String what, Object value, String valid) {
    if (value instanceof String s) {
      return s;
    }
    throw new InvalidValue(what, shown(value), valid);
  }

  static String shown(Object value) {
    var s = String.valueOf(value);
    return s.length() <= 40 ? s : s.substring(0, 37) + "...";
  }

  private static String dotted(byte[] b, int off) {
    return Bytes.u8(b, off) + "." + Bytes.u8(b, off + 1) + "." + Bytes.u8(b, off + 2) + "."
        + Bytes.u8(b, off + 3);
  }

  private static byte[] address(String what, Object value) {
    var parts = string(what, value, "an address like 192.0.2.1").split("\\.", -1);
    var out = new byte[4];
    boolean good = parts.length == 4;
    for (int i = 0; good && i < 4; i++) {
      good = parts[i].matches("[0-9]{1,3}") && Integer.parseInt(parts[i]) < 256;
      out[i] = good ? (byte) Integer.parseInt(parts[i]) : 0;
    }
    if (!good) {
      throw new InvalidValue(what, shown(value), "an address like 192.0.2.1");
    }
    return out;
  }

  /** Written as text, the way the stack does it that keeps text; four characters would be read as an address. */
  private static byte[] ipText(TlvDef def, Object value) {
    var out = text(def, value);
    if (out.length == 4) {
      throw new InvalidValue(def.name(), shown(value), "text of other than 4 characters");
    }
    return out;
  }

  private static Object text(TlvDef def, byte[] b, int off, int len) {
    int n = len;
    while (n > 0 && b[off + n - 1] == 0) {
      n--;
    }
    if (!printable(b, off, n)) {
      return odd(b, off, len, "bytes that are no printable text");
    }
    var text = new String(b, off, n, StandardCharsets.US_ASCII);
    boolean padding = n == len || padded(def, n, len);
    if (def.fits(len) && padding || len == 0) {
      return text;
    }
    var out = odd(b, off, len, padding ? lengths(def, len) : "zero bytes behind the text");
    out.put("text", text);
    return out;
  }

  /** Zero bytes fill up a text of a fixed size, and one may end a text; others must survive. */
  private static boolean padded(TlvDef def, int textLength, int len) {
    boolean fixed = def.minLength() == def.maxLength() && textLength > 0;
    return fixed
        || textLength >= def.minLength() && textLength + 1 == len && len == def.maxLength();
  }

  private static boolean printable(byte[] b, int off, int len) {
    for (int i = off; i < off + len; i++) {
      if (b[i] < 0x20 || b[i] > 0x7E) {
        return false;
      }
    }
    return true;
  }

  private static byte[] text(TlvDef def, Object value) {
    var s = string(def.name(), value, "text");
    var out = s.getBytes(StandardCharsets.UTF_8);
    if (!printable(out, 0, out.length)) {
      throw new InvalidValue(def.name(), shown(value), "printable ASCII characters");
    }
    if (def.minLength() == def.maxLength() && out.length > 0 && out.length < def.maxLength()) {
      return Arrays.copyOf(out, def.maxLength());
    }
    // An unset text is written with length zero, whatever length a set one has.
    return out.length == 0 ? out : fitting(def, out);
  }

  private static byte[] raw(TlvDef def, String hex) {
    try {
      return Bytes.unhex(hex);
    } catch (InvalidValue e) {
      throw new InvalidValue(def.name(), shown(hex), "hex digits, two a byte");
    }
  }

  static byte[] fitting(TlvDef def, byte[] out) {
    if (!def.fits(out.length)) {
      throw new InvalidValue(def.name(), out.length + " bytes", limits(def));
    }
    return out;
  }

  static String limits(TlvDef def) {
    var range = def.minLength() == def.maxLength()
        ? "" + def.minLength()
        : def.minLength() + " to " + def.maxLength();
    return range + " bytes" + (def.multipleOf() > 1 ? ", a multiple of " + def.multipleOf() : "");
  }

  private static String lengths(TlvDef def, int len) {
    return "length " + len + ", expected " + limits(def);
  }

  static Map<String, Object> odd(TlvDef def, byte[] b, int off, int len) {
    return odd(b, off, len, lengths(def, len));
  }

  static Map<String, Object> odd(byte[] b, int off, int len, String why) {
    var out = new LinkedHashMap<String, Object>();
    out.put(UNEXPECTED, why);
    out.put(HEX, Bytes.hex(b, off, len));
    return out;
  }
}
