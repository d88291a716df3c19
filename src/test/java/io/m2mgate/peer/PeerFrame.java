package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** One received frame, taken apart after wire.md 1. */
public record PeerFrame(byte[] bytes) {
  static final int HEADER = 28;

  public int command() {
    return ByteBuffer.wrap(bytes).getShort(2) & 0xFFFF;
  }

  public int sequence() {
    return ByteBuffer.wrap(bytes).getInt(4);
  }

  public int version() {
    return ByteBuffer.wrap(bytes).getShort(8) & 0xFFFF;
  }

  public int flags() {
    return bytes[10] & 0xFF;
  }

  public String serial() {
    return new String(bytes, 12, 16, StandardCharsets.US_ASCII);
  }

  public boolean signed() {
    return (flags() & 0x20) != 0;
  }

  /** What stands between header and digest. */
  public byte[] body() {
    return Arrays.copyOfRange(bytes, HEADER, bytes.length - (signed() ? PeerDigest.SIZE : 0));
  }

  public int result() {
    return body()[0] & 0xFF;
  }

  /** Fails unless this is the answer to that request, by wire.md 1: command, sequence, serial, version. */
  PeerFrame isAckOf(byte[] request) {
    var asked = new PeerFrame(request);
    assertThat(command()).as("command of %s", this).isEqualTo(asked.command() | 0x8000);
    assertThat(sequence()).as("sequence of %s", this).isEqualTo(asked.sequence());
    assertThat(serial()).as("serial of %s", this).isEqualTo(asked.serial());
    assertThat(version()).as("version of %s", this).isEqualTo(0x0300);
    assertThat(bytes[11]).as("reserved byte of %s", this).isZero();
    return this;
  }

  /** Fails unless the platform signed it with the downlink password under that timestamp (wire.md 3). */
  PeerFrame isSigned(Identity who, PeerDigest.ImeiForm form, long timestamp) {
    assertThat(flags()).as("flags of %s", this).isEqualTo(0x20);
    assertThat(bytes.length)
        .as("room for a digest in %s", this)
        .isGreaterThanOrEqualTo(HEADER + 20);
    int end = bytes.length - PeerDigest.SIZE;
    byte[] digest = PeerDigest.md5(bytes, end, timestamp, who, form, who.downlink());
    assertThat(Arrays.copyOfRange(bytes, end, bytes.length))
        .as("digest of %s", this)
        .isEqualTo(PeerBytes.bytes().tlv(0xE021, digest).toArray());
    return this;
  }

  /** Fails unless it is an unsigned answer: flags 00, no digest. */
  PeerFrame isUnsigned() {
    assertThat(flags()).as("flags of %s", this).isZero();
    return this;
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
