package io.m2mgate.dictionary;

/** How the value of a TLV is read. */
public enum TlvType {
  UINT8("uint8", 1),
  UINT16("uint16", 2),
  UINT32("uint32", 4),
  IPV4("ipv4", 4),
  /** Four bytes are an IPv4 address, anything else is text: two sources disagree. */
  IP_OR_TEXT("ip-or-text", 0),
  STRING("string", 0),
  BYTES("bytes", 0),
  BITMAP("bitmap", 0),
  STRUCT("struct", 0);

  private final String id;
  private final int size;

  TlvType(String id, int size) {
    this.id = id;
    this.size = size;
  }

  /** The name in the data files. */
  public String id() {
    return id;
  }

  /** The size that goes with the type, 0 where the definition says it. */
  public int size() {
    return size;
  }
}
