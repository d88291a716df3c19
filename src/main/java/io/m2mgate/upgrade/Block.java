package io.m2mgate.upgrade;

import java.util.List;

/**
 * Bytes of a file in memory, in the pages that hold them. Immutable.
 *
 * @param pages one behind the other
 * @param from where it begins in the first
 */
public record Block(List<byte[]> pages, int from, int length) {

  public static final Block EMPTY = new Block(List.of(), 0, 0);

  /** @param to has room for it from {@code at} on */
  public void copyTo(byte[] to, int at) {
    int skip = from;
    int copied = 0;
    for (byte[] page : pages) {
      int take = Math.min(page.length - skip, length - copied);
      System.arraycopy(page, skip, to, at + copied, take);
      copied += take;
      skip = 0;
    }
  }
}
