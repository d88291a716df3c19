package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import org.junit.jupiter.api.Test;

class DigestLocatorTest {
  private static final String DIGEST_LIKE = "e0210010000102030405060708090a0b0c0d0e0f";
  private final Dialect dialect = Vectors.DICTIONARY.dialect();

  private int find(FrameBuilder builder) throws MalformedFrame {
    return find(builder.serial("TERM000000000001").build());
  }

  private int find(byte[] b) throws MalformedFrame {
    return DigestLocator.find(Vectors.DECODER.frame(b, 0, b.length), dialect);
  }

  /** Verifies that a payload that ends like a digest is none. */
  @Test
  void payloadLikeADigest() throws Exception {
    var data = FrameBuilder.request(dialect, Command.TRANSPARENT_DATA)
        .tlv(dialect.tags().userData(), Bytes.unhex("6869" + DIGEST_LIKE));

    assertThat(find(data)).isEqualTo(-1);
    assertThat(find(data.digest())).isEqualTo(28 + 2 + 4 + 22);
  }

  /** Verifies that a file block that ends like a digest is none, and one before a digest is found by its length. */
  @Test
  void blockLikeADigest() throws Exception {
    var block = FrameBuilder.ack(dialect, Command.FILE_REQ).field("data", Bytes.unhex(DIGEST_LIKE));

    assertThat(find(block)).isEqualTo(-1);
    assertThat(find(block.digest())).isEqualTo(28 + 13 + 20);
  }

  /** Verifies that a refused ack without the fields behind its result still shows its digest. */
  @Test
  void shortRefusal() throws Exception {
    var login = FrameBuilder.ack(dialect, Command.LOGIN)
        .serial("TERM000000000001")
        .digest()
        .build(new byte[] {4});

    assertThat(find(login)).isEqualTo(29);
  }

  /** Verifies that a request cannot leave out fixed fields. */
  @Test
  void shortRequest() throws Exception {
    var login =
        FrameBuilder.request(dialect, Command.LOGIN).serial("TERM000000000001").digest();

    assertThat(find(login.build(new byte[3]))).isEqualTo(-1);
  }

  /** Verifies that zero bytes before the digest do not hide it, and that other bytes do. */
  @Test
  void bytesBefore() throws Exception {
    var trap = FrameBuilder.request(dialect, Command.CONFIG_TRAP)
        .serial("TERM000000000001")
        .digest();

    assertThat(find(trap.build(new byte[3]))).isEqualTo(31);
    assertThat(find(trap.build(new byte[] {0, 1, 0}))).isEqualTo(-1);
  }

  /** Verifies that a CRC that looks like the segment tag under a stray wrapped flag does not mislead the walk. */
  @Test
  void crcLikeATag() throws Exception {
    var data = FrameBuilder.request(dialect, Command.TRANSPARENT_DATA)
        .flags(0x30)
        .field("crc16", dialect.tags().segment())
        .tlv(dialect.tags().userData(), new byte[10])
        .digest();

    assertThat(find(data)).isEqualTo(28 + 2 + 14);
  }

  /** Verifies that the walk steps over a wrapped body without reading fixed fields. */
  @Test
  void wrapped() throws Exception {
    var login = FrameBuilder.request(dialect, Command.LOGIN)
        .flags(0xF0)
        .serial("TERM000000000001")
        .digest();
    var body = new BodyWriter().tlv(dialect.tags().encryptedBody(), new byte[8]).toBytes();

    assertThat(find(login.build(body))).isEqualTo(28 + 12);
  }
}
