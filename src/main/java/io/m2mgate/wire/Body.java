package io.m2mgate.wire;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.FieldType;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.wire.MalformedFrame.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A view of one command's body: fixed fields by name, TLVs behind them (wire.md 7). Immutable; the bytes belong to the
 * lane that read them.
 *
 * <p>A request must hold all its fixed fields. An ack must hold the first: a refusal may leave out the rest, see
 * {@link #has}.
 */
public final class Body {
  private final Dialect dialect;
  private final CommandDef command;
  private final Layout layout;
  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final int tlvOffset;
  private final boolean decrypted;

  private Body(
      Dialect dialect,
      CommandDef command,
      Layout layout,
      byte[] b,
      int off,
      int len,
      int tlvs,
      boolean decrypted) {
    this.dialect = dialect;
    this.command = command;
    this.layout = layout;
    this.bytes = b;
    this.offset = off;
    this.length = len;
    this.tlvOffset = tlvs;
    this.decrypted = decrypted;
  }

  /**
   * Reads a body that is neither segmented nor encrypted any more.
   *
   * @param off the first byte behind the header, or of the plaintext
   * @param len the bytes of the body without the digest TLV
   * @param decrypted whether the bytes come out of a cipher and may end in padding
   */
  public static Body read(
      Dialect dialect,
      CommandDef command,
      boolean ack,
      byte[] b,
      int off,
      int len,
      boolean decrypted)
      throws MalformedFrame {
    var layout = command.layout(ack);
    int fixed = layout.fixedSize();
    if (fixed <= len && layout.variable()) {
      fixed += variableSize(layout, b, off);
    }
    if (fixed > len) {
      boolean refusal = ack && len >= layout.fields().get(0).size();
      if (!refusal) {
        throw new MalformedFrame(Reason.FIELDS_TRUNCATED, off + len);
      }
      fixed = len;
    }
    return new Body(dialect, command, layout, b, off, len, off + fixed, decrypted);
  }

  static int variableSize(Layout layout, byte[] b, int off) {
    var last = layout.fields().get(layout.fields().size() - 1);
    var from = layout.field(last.sizeFrom());
    int size = number(b, off + from.offset(), from.size());
    return size < 0 ? Integer.MAX_VALUE / 2 : size;
  }

  private static int number(byte[] b, int at, int size) {
    return switch (size) {
      case 1 -> Bytes.u8(b, at);
      case 2 -> Bytes.u16(b, at);
      case 3 -> Bytes.u8(b, at) << 16 | Bytes.u16(b, at + 1);
      default -> Bytes.u32(b, at);
    };
  }

  public CommandDef command() {
    return command;
  }

  public Dialect dialect() {
    return dialect;
  }

  public Layout layout() {
    return layout;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /** Where the TLVs begin. */
  public int tlvOffset() {
    return tlvOffset;
  }

  /** The bytes from the first TLV to the end, padding included. */
  public int tlvLength() {
    return offset + length - tlvOffset;
  }

  /** Whether the field is there; only an ack may lack one. */
  public boolean has(String field) {
    var f = layout.field(field);
    return f.size() < 0 ? variableThere(f) : f.offset() + f.size() <= length;
  }

  private boolean variableThere(FieldDef f) {
    return f.offset() <= length && variableSize(layout, bytes, offset) <= length - f.offset();
  }

  /** A number field; above 7FFFFFFF it comes out negative. */
  public int intOf(String field) throws MalformedFrame {
    var f = present(field);
    if (f.size() < 1 || f.size() > 4) {
      throw new IllegalArgumentException(field + " is no number");
    }
    return number(bytes, offset + f.offset(), f.size());
  }

  /** The result of an ack; 0 for a command whose ack says yes by coming. */
  public int result() throws MalformedFrame {
    return command.resultField().isEmpty() ? 0 : intOf(command.resultField());
  }

  /** A copy of the bytes of a field. */
  public byte[] bytesOf(String field) throws MalformedFrame {
    var f = present(field);
    int from = offset + f.offset();
    return Arrays.copyOfRange(bytes, from, from + sizeOf(f));
  }

  /** Where a field begins. */
  public int offsetOf(String field) throws MalformedFrame {
    return offset + present(field).offset();
  }

  /** How many bytes a field has here. */
  public int sizeOf(String field) throws MalformedFrame {
    return sizeOf(present(field));
  }

  private int sizeOf(FieldDef f) {
    return f.size() < 0 ? variableSize(layout, bytes, offset) : f.size();
  }

  /** A text field up to its padding; LOGIN's version ends at the first byte that is no visible character. */
  public String textOf(String field) throws MalformedFrame {
    var f = present(field);
    return text(f, bytes, offset + f.offset(), sizeOf(f));
  }

  static String text(FieldDef f, byte[] b, int from, int size) {
    int n = 0;
    while (n < size
        && b[from + n] != 0
        && (!f.visibleText() || b[from + n] >= 0x21 && b[from + n] <= 0x7E)) {
      n++;
    }
    return new String(b, from, n, StandardCharsets.ISO_8859_1);
  }

  private FieldDef present(String field) throws MalformedFrame {
    if (!has(field)) {
      throw new MalformedFrame(Reason.FIELDS_TRUNCATED, offset + length);
    }
    return layout.field(field);
  }

  /** A cursor before the first TLV. */
  public TlvReader tlvs() {
    return new TlvReader(bytes, tlvOffset, tlvLength(), decrypted);
  }

  /** Puts a cursor before the first TLV, without a new one. */
  public TlvReader tlvs(TlvReader reader) {
    return reader.reset(bytes, tlvOffset, tlvLength(), decrypted);
  }

  /** Moves the cursor to the first TLV with that tag; false when there is none. */
  public boolean first(int tag, TlvReader reader) throws MalformedFrame {
    tlvs(reader);
    while (reader.next()) {
      if (reader.tag() == tag) {
        return true;
      }
    }
    return false;
  }

  /** Walks all TLVs, so that later walks cannot fail; returns how many there are. */
  public int checkTlvs(TlvReader reader) throws MalformedFrame {
    tlvs(reader);
    int n = 0;
    while (reader.next()) {
      n++;
    }
    return n;
  }

  /** Whether a field is shown as a number. */
  static boolean numeric(FieldDef f) {
    return f.type().number() && f.type() != FieldType.TAG;
  }
}
