package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalInt;

/**
 * How often the commands of a run were carried out. What a command carries tells its number; each number is counted by the event loop
 * of its terminal, and read once the terminals are gone.
 */
final class Executions {
  private static final int MAGIC = 0x5343;
  private static final int TOKEN_BYTES = 10;
  private static final int WORD_CHARACTERS = 2 * Integer.BYTES;

  private final int run;
  private final byte[] counts;

  Executions(int run, int commands) {
    this.run = run;
    this.counts = new byte[commands];
  }

  int commands() {
    return counts.length;
  }

  /** What a command carries as data. */
  byte[] payload(int number) {
    byte[] payload = new byte[TOKEN_BYTES];
    Bytes.u16(payload, 0, MAGIC);
    Bytes.u32(payload, 2, run);
    Bytes.u32(payload, 2 + Integer.BYTES, number);
    return payload;
  }

  /** What a command carries as a text parameter. */
  String text(int number) {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(run) + hex.toHexDigits(number);
  }

  void carriedOut(byte[] payload) {
    if (payload.length == TOKEN_BYTES
        && Bytes.u16(payload, 0) == MAGIC
        && Bytes.u32(payload, 2) == run) {
      count(Bytes.u32(payload, 2 + Integer.BYTES));
    }
  }

  void set(byte[] text) {
    number(text).ifPresent(this::count);
  }

  private OptionalInt number(byte[] text) {
    String word = new String(text, StandardCharsets.ISO_8859_1);
    return word.length() == 2 * WORD_CHARACTERS
            && word.startsWith(HexFormat.of().toHexDigits(run))
            && word.matches("[0-9a-f]*")
        ? OptionalInt.of(Integer.parseUnsignedInt(word.substring(WORD_CHARACTERS), 16))
        : OptionalInt.empty();
  }

  private void count(int number) {
    if (number >= 0 && number < counts.length && counts[number] < Byte.MAX_VALUE) {
      counts[number]++;
    }
  }

  /** How often that command was carried out, as far as its terminal can tell it from others. */
  int of(int number) {
    return counts[number];
  }
}
