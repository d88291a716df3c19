package io.m2mgate.wire;

/**
 * Bytes that are no frame or no body: a terminal's fault, data for a counter. Carries no stack trace; offsets count from
 * the start of the array that was read.
 */
public final class MalformedFrame extends Exception {
  /** What is wrong; the ids are stable, metrics are labelled with them. */
  public enum Reason {
    LENGTH_TOO_SHORT("length-too-short", "a length of at least the header's size"),
    LENGTH_TOO_LONG("length-too-long", "a length within the limit for frames"),
    LENGTH_MISMATCH("length-mismatch", "a length that equals the bytes there are"),
    FIELDS_TRUNCATED("fields-truncated", "all fixed fields of the command"),
    TLV_TRUNCATED("tlv-truncated", "two bytes of tag and two of length"),
    TLV_PAST_END("tlv-past-end", "a value that ends within the body"),
    VALUE_TRUNCATED("value-truncated", "a value as long as its type"),
    UNKNOWN_COMMAND("unknown-command", "a command of the dictionary");

    private final String id;
    private final String right;

    Reason(String id, String right) {
      this.id = id;
      this.right = right;
    }

    /** The name in metrics and events. */
    public String id() {
      return id;
    }

    /** What would be right, in words. */
    public String right() {
      return right;
    }
  }

  private final Reason reason;
  private final int offset;
  private final int tag;

  public MalformedFrame(Reason reason, int offset) {
    this(reason, offset, -1);
  }

  public MalformedFrame(Reason reason, int offset, int tag) {
    super(null, null, false, false);
    this.reason = reason;
    this.offset = offset;
    this.tag = tag;
  }

  public Reason reason() {
    return reason;
  }

  public int offset() {
    return offset;
  }

  /** The tag it is about, or -1. */
  public int tag() {
    return tag;
  }

  @Override
  public String getMessage() {
    var where = " at offset " + offset + (tag < 0 ? "" : String.format(", tag %04X", tag));
    return reason.id() + where + "; right would be " + reason.right();
  }
}
