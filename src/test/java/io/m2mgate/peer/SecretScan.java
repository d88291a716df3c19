package io.m2mgate.peer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks for many secrets at once in files of any size: as they are, as hex of either case, as base64. */
public final class SecretScan {
  private static final int HEAD = 8;
  private static final int LONGEST = 64;
  private static final int FILTER_BITS = 20;

  private record Pattern(String of, String form, byte[] bytes) {}

  private final Map<Long, List<Pattern>> byHead = new HashMap<>();
  private final BitSet filter = new BitSet(1 << FILTER_BITS);

  /** @param secret of 8 to 32 bytes */
  public SecretScan add(String of, byte[] secret) {
    pattern(of, "raw", secret);
    pattern(of, "hex", ascii(HexFormat.of().formatHex(secret)));
    pattern(of, "HEX", ascii(HexFormat.of().withUpperCase().formatHex(secret)));
    pattern(of, "base64", Base64.getEncoder().withoutPadding().encode(secret));
    return this;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void pattern(String of, String form, byte[] bytes) {
    long head = 0;
    for (int i = 0; i < HEAD; i++) {
      head = head << Byte.SIZE | bytes[i] & 0xFF;
    }
    byHead.computeIfAbsent(head, key -> new ArrayList<>()).add(new Pattern(of, form, bytes));
    filter.set(hash(head));
  }

  private static int hash(long head) {
    return (int) (head * 0x9E3779B97F4A7C15L >>> Long.SIZE - FILTER_BITS);
  }

  /** What was found, each kind of finding once. */
  public Set<String> in(byte[] text) {
    Set<String> found = new TreeSet<>();
    scan("text", Arrays.copyOf(text, text.length + LONGEST), text.length, found);
    return found;
  }

  public Set<String> in(Path file) {
    Set<String> found = new TreeSet<>();
    byte[] window = new byte[(1 << 20) + LONGEST];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      int kept = 0;
      int read = in.readNBytes(window, kept, window.length - kept);
      while (read > 0) {
        int end = kept + read;
        boolean last = end < window.length;
        if (last) {
          Arrays.fill(window, end, window.length, (byte) 0);
        }
        scan(file.getFileName().toString(), window, last ? end : end - LONGEST, found);
        kept = last ? 0 : LONGEST;
        System.arraycopy(window, window.length - LONGEST, window, 0, kept);
        read = last ? 0 : in.readNBytes(window, kept, window.length - kept);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Patterns that begin before {@code end}; the array goes on far enough behind it. */
  private void scan(String where, byte[] bytes, int end, Set<String> found) {
    long head = 0;
    for (int i = 0; i < end + HEAD - 1; i++) {
      head = head << Byte.SIZE | bytes[i] & 0xFF;
      if (i >= HEAD - 1 && filter.get(hash(head))) {
        int at = i - HEAD + 1;
        for (Pattern pattern : byHead.getOrDefault(head, List.of())) {
          int to = Math.min(bytes.length, at + pattern.bytes().length);
          if (Arrays.equals(bytes, at, to, pattern.bytes(), 0, pattern.bytes().length)) {
            found.add(where + ": " + pattern.of() + ", " + pattern.form());
          }
        }
      }
    }
  }
}
