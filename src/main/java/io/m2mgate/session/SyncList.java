package io.m2mgate.session;

import io.m2mgate.wire.Crc32;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The synchronised parameters of one terminal as it last reported them: the tag list and the encoded TLVs of the tags in it
 * (wire 5, "CRC32"); beside them what the platform wants its parameters to be, listed or not. Owned by the terminal's lane.
 */
public final class SyncList {

  private static final int TLV_HEADER = 4;
  private static final byte[] NOTHING = {};

  /** In what is stored: the TLV around what the terminal was told. No parameter has this tag. */
  private static final int TOLD = 0;

  /** Encoded TLVs by tag; the list itself is among them. */
  private final Map<Integer, byte[]> tlvs = new TreeMap<>();

  /** Encoded TLVs by tag, as somebody asked for them. */
  private Map<Integer, byte[]> desired = Map.of();

  private Map<Integer, byte[]> told = Map.of();

  private boolean stored = true;

  /** What was reported last could not be stored: it counts as news once more. */
  public void notStored() {
    stored = false;
  }

  /** True when the value is of the list and not what was known: the caller stores {@link #toBytes()}. */
  public boolean report(int listTag, int tag, byte[] bytes, int tlvOffset, int tlvLength) {
    if (tag == TOLD || tag != listTag && !lists(listTag, tag)) {
      return false;
    }
    byte[] tlv = Arrays.copyOfRange(bytes, tlvOffset, tlvOffset + tlvLength);
    byte[] before = tlvs.put(tag, tlv);
    if (Arrays.equals(before, tlv)) {
      boolean news = !stored;
      stored = true;
      return news;
    }
    stored = true;
    if (tag == listTag) {
      tlvs.keySet().removeIf(known -> known != listTag && !lists(listTag, known));
    }
    return true;
  }

  /** False when the terminal never told which tags it synchronises. */
  public boolean known(int listTag) {
    return tlvs.containsKey(listTag);
  }

  /** The list is known and has one of these. */
  public boolean listsAny(int listTag, Collection<Integer> tags) {
    return tags.stream().anyMatch(tag -> lists(listTag, tag));
  }

  private boolean lists(int listTag, int tag) {
    byte[] list = tlvs.getOrDefault(listTag, NOTHING);
    for (int i = TLV_HEADER; i + 1 < list.length; i += 2) {
      if (tagAt(list, i) == tag) {
        return true;
      }
    }
    return false;
  }

  /** True when every listed value is known and their CRC32, in list order, is this. */
  public boolean matches(int listTag, int crc32) {
    return matches(listTag, crc32, Map.of());
  }

  /**
   * The same as if some of the values were others.
   *
   * @param changed encoded TLVs by tag
   */
  public boolean matches(int listTag, int crc32, Map<Integer, byte[]> changed) {
    OptionalInt known = crc32(listTag, changed);
    return known.isPresent() && known.getAsInt() == crc32;
  }

  /** The CRC32 that a LOGIN would carry if some of the values were others; empty where one is not known. */
  public OptionalInt crc32(int listTag, Map<Integer, byte[]> changed) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int tag : listed(listTag)) {
      byte[] tlv = changed.getOrDefault(tag, tlvs.get(tag));
      if (tlv == null) {
        return OptionalInt.empty();
      }
      all.writeBytes(tlv);
    }
    byte[] bytes = all.toByteArray();
    return known(listTag) ? OptionalInt.of(Crc32.of(bytes, 0, bytes.length)) : OptionalInt.empty();
  }

  /** The tags of the list, in its order; none where it is not known. */
  public List<Integer> listed(int listTag) {
    byte[] list = tlvs.getOrDefault(listTag, NOTHING);
    List<Integer> tags = new ArrayList<>();
    for (int i = TLV_HEADER; i + 1 < list.length; i += 2) {
      tags.add(tagAt(list, i));
    }
    return tags;
  }

  /** Replaces what is desired. */
  public void desire(Map<Integer, byte[]> encodedByTag) {
    desired = Map.copyOf(encodedByTag);
  }

  /**
   * The terminal asked and is told these encoded TLVs: whether it took them it says later. True when it was not told just that:
   * the caller stores {@link #toBytes()}.
   */
  public boolean tell(Map<Integer, byte[]> encodedByTag) {
    byte[] before = joined(told);
    told = new TreeMap<>(encodedByTag);
    return !Arrays.equals(before, joined(told));
  }

  public boolean hasTold() {
    return !told.isEmpty();
  }

  /** What it was told last, once. */
  public Map<Integer, byte[]> takeTold() {
    Map<Integer, byte[]> taken = told;
    told = Map.of();
    return taken;
  }

  /** Encoded TLVs by tag. */
  public Map<Integer, byte[]> desired() {
    return desired;
  }

  /** The value of a synchronised tag as an unsigned number of up to four bytes, or -1. */
  public int numberOf(int tag) {
    return number(tlvs.get(tag));
  }

  /** The same of a desired one. */
  public int desiredNumber(int tag) {
    return number(desired.get(tag));
  }

  private static int number(byte[] tlv) {
    if (tlv == null || tlv.length == TLV_HEADER || tlv.length > TLV_HEADER + Integer.BYTES) {
      return -1;
    }
    int value = 0;
    for (int i = TLV_HEADER; i < tlv.length; i++) {
      value = value << Byte.SIZE | tlv[i] & 0xFF;
    }
    return value;
  }

  /** The TLVs one after the other, in tag order; before them, in one, what the terminal was told and did not say that it took. */
  public byte[] toBytes() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (hasTold()) {
      byte[] value = joined(told);
      all.writeBytes(new byte[] {TOLD, TOLD, (byte) (value.length >> 8), (byte) value.length});
      all.writeBytes(value);
    }
    all.writeBytes(joined(tlvs));
    return all.toByteArray();
  }

  private static byte[] joined(Map<Integer, byte[]> encodedByTag) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    encodedByTag.values().forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** Takes back what {@link #toBytes()} gave. */
  public void restore(byte[] bytes) {
    tlvs.clear();
    tlvs.putAll(split(bytes));
    byte[] around = tlvs.remove(TOLD);
    told = around == null ? Map.of() : split(Arrays.copyOfRange(around, TLV_HEADER, around.length));
  }

  private static Map<Integer, byte[]> split(byte[] bytes) {
    Map<Integer, byte[]> byTag = new TreeMap<>();
    for (int at = 0; at + TLV_HEADER <= bytes.length; ) {
      int length = TLV_HEADER + tagAt(bytes, at + 2);
      byTag.put(tagAt(bytes, at), Arrays.copyOfRange(bytes, at, at + length));
      at += length;
    }
    return byTag;
  }

  private static int tagAt(byte[] bytes, int offset) {
    return (bytes[offset] & 0xFF) << 8 | bytes[offset + 1] & 0xFF;
  }
}
