package io.m2mgate.dictionary;

import java.util.List;
import java.util.Optional;

/**
 * What a dialect says about one tag.
 *
 * @param zh the Chinese name, or empty
 * @param zhFrom where the Chinese name comes from: a source, a cousin protocol, or our translation
 * @param maxLength the longest value, {@link #UNLIMITED} where nothing says
 * @param readable whether CONFIG_GET may ask for it; unknown counts as yes
 * @param writable whether CONFIG_SET may carry it; unknown counts as yes
 * @param secret whether the value is never shown, logged or returned
 * @param effect what a change makes the terminal do, or empty
 * @param known false for the stand-in of a tag the dialect does not have
 */
public record TlvDef(
    int tag,
    String name,
    String zh,
    String zhFrom,
    String category,
    TlvType type,
    Optional<StructDef> struct,
    int minLength,
    int maxLength,
    int multipleOf,
    String defaultValue,
    String range,
    boolean readable,
    boolean writable,
    Side setBy,
    boolean secret,
    boolean vendor,
    String effect,
    String access,
    CodeTable values,
    String meaning,
    String notes,
    Grade grade,
    List<String> seenIn,
    boolean known) {

  /** No limit but the length field's. */
  public static final int UNLIMITED = 0xFFFF;

  /** The stand-in for a tag that the dialect does not know: kept raw, never refused (behaviour 5.3.5). */
  static TlvDef unknown(int tag) {
    return new TlvDef(
        tag,
        "tag-" + hex(tag),
        "",
        "",
        "unknown",
        TlvType.BYTES,
        Optional.empty(),
        0,
        UNLIMITED,
        1,
        "",
        "",
        true,
        true,
        Side.UNKNOWN,
        false,
        false,
        "",
        "",
        CodeTable.EMPTY,
        "",
        "",
        Grade.INFERRED,
        List.of(),
        false);
  }

  /** The tag as four hex digits. */
  public String hexTag() {
    return hex(tag);
  }

  /** Whether a value of that length fits the definition. */
  public boolean fits(int length) {
    return length >= minLength && length <= maxLength && length % multipleOf == 0;
  }

  private static String hex(int tag) {
    return String.format("%04X", tag);
  }
}
