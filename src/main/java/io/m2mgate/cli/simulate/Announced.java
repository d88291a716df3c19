package io.m2mgate.cli.simulate;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the URL of a DOWNLOAD_INFO says of a file (wire 7).
 *
 * @param size in bytes
 * @param crc32 of the file, where it is told
 * @param version that runs once it is installed
 */
record Announced(long transaction, long size, Optional<Integer> crc32, String version) {
  private static final Pattern URL = Pattern.compile("WMMP://[^/?]+/[^?]*\\?TRANS_ID=([0-9A-F]{8})"
      + "&FILE_SIZE=([1-9][0-9]{0,9})(?:&CRC16=[0-9A-F]{4})?(?:&CRC32=([0-9A-F]{8}))?"
      + "&VER_DSC=([\\x21-\\x7E]{1,8})");
  private static final int HEX = 16;

  /** Empty where it cannot be understood. */
  static Optional<Announced> parse(byte[] url) {
    Matcher parts = URL.matcher(new String(url, StandardCharsets.ISO_8859_1));
    return parts.matches()
        ? Optional.of(new Announced(
            Long.parseLong(parts.group(1), HEX),
            Long.parseLong(parts.group(2)),
            Optional.ofNullable(parts.group(3)).map(text -> Integer.parseUnsignedInt(text, HEX)),
            parts.group(4)))
        : Optional.empty();
  }
}
