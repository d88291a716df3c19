package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.wire.BodyWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Wire 5, "CRC32", with the parameters of the worked packet login-signed. */
class SyncListTest {
  private static final int LIST = 0x0025;
  private static final int CRC = 0x143a2b35;
  private static final int HEARTBEAT = 0x0011;

  private final SyncList sync = new SyncList();

  private boolean report(BodyWriter tlv) {
    byte[] padded = new byte[tlv.length() + 7];
    System.arraycopy(tlv.array(), 0, padded, 3, tlv.length());
    int tag = (tlv.array()[0] & 0xFF) << 8 | tlv.array()[1] & 0xFF;
    return sync.report(LIST, tag, padded, 3, tlv.length());
  }

  private static BodyWriter list(int... tags) {
    BodyWriter value = new BodyWriter();
    for (int tag : tags) {
      value.u16(tag);
    }
    return new BodyWriter().tlv(LIST, value.toBytes());
  }

  private static BodyWriter number(int tag, int value) {
    return new BodyWriter().tlvU32(tag, value);
  }

  private void reportAll() {
    report(list(0x0002, 0x0007, 0x0009, 0x000A, HEARTBEAT));
    report(number(HEARTBEAT, 0x5A));
    report(number(0x000A, 0x26FD0000));
    report(number(0x0009, 0xDACE050F));
    report(new BodyWriter().tlv(0x0007, "106571734"));
    report(new BodyWriter().tlv(0x0002, "CMNET"));
  }

  // Verifies that the CRC32 is over the listed TLVs in list order, whatever order they came in.
  @Test
  void matchesTheVector() {
    reportAll();

    assertThat(sync.matches(LIST, CRC)).isTrue();
    assertThat(sync.matches(LIST, CRC + 1)).isFalse();
  }

  // Verifies that another order of the list is another CRC32.
  @Test
  void countsInListOrder() {
    reportAll();
    report(list(0x0007, 0x0002, 0x0009, 0x000A, HEARTBEAT));

    assertThat(sync.matches(LIST, CRC)).isFalse();
  }

  // Verifies that nothing matches while the list or one of its values is unknown.
  @Test
  void needsEverything() {
    assertThat(sync.matches(LIST, 0)).isFalse();

    report(list(0x0002, HEARTBEAT));
    report(new BodyWriter().tlv(0x0002, "CMNET"));
    assertThat(sync.matches(LIST, 0)).isFalse();
  }

  // Verifies that tags outside the list are passed over, and equal values need no writing.
  @Test
  void tellsWhetherToStore() {
    assertThat(report(number(HEARTBEAT, 0x5A))).isFalse();
    assertThat(report(list(HEARTBEAT))).isTrue();
    assertThat(report(list(HEARTBEAT))).isFalse();
    assertThat(report(number(HEARTBEAT, 0x5A))).isTrue();
    assertThat(report(number(HEARTBEAT, 0x5A))).isFalse();
    assertThat(report(number(HEARTBEAT, 0x5B))).isTrue();
    assertThat(report(number(0x0009, 1))).isFalse();
  }

  // Verifies that a new list drops the values that it does not name.
  @Test
  void dropsUnlisted() {
    reportAll();

    report(list(0x0002, HEARTBEAT));

    assertThat(sync.numberOf(HEARTBEAT)).isEqualTo(0x5A);
    assertThat(sync.numberOf(0x0009)).isEqualTo(-1);
    report(list(0x0002, 0x0007, 0x0009, 0x000A, HEARTBEAT));
    assertThat(sync.matches(LIST, CRC)).isFalse();
  }

  // Verifies that the stored bytes bring everything back.
  @Test
  void survivesStoring() {
    reportAll();
    SyncList restored = new SyncList();
    restored.restore(new BodyWriter().tlvU32(0x0009, 1).toBytes());

    restored.restore(sync.toBytes());

    assertThat(restored.toBytes()).isEqualTo(sync.toBytes());
    assertThat(restored.matches(LIST, CRC)).isTrue();
    restored.restore(new byte[0]);
    assertThat(restored.toBytes()).isEmpty();
  }

  // Verifies that the stored bytes bring back what the terminal was told until it was taken, that
  // telling the same again is no news, and that no report is taken for it.
  @Test
  void survivesStoringWithWhatWasTold() {
    reportAll();
    byte[] before = sync.toBytes();
    Map<Integer, byte[]> told = Map.of(
        0x0002, new BodyWriter().tlv(0x0002, "NEW").toBytes(), 0x0003, new byte[] {0, 3, 0, 0});
    assertThat(sync.tell(told)).isTrue();
    assertThat(sync.tell(told)).isFalse();
    SyncList restored = new SyncList();
    restored.restore(sync.toBytes());
    assertThat(restored.matches(LIST, CRC)).isTrue();
    assertThat(restored.tell(told)).isFalse();
    assertThat(restored.takeTold()).containsOnlyKeys(0x0002, 0x0003);
    assertThat(restored.toBytes()).isEqualTo(before);
    report(list(0x0000, HEARTBEAT));
    assertThat(report(new BodyWriter().tlv(0x0000, "odd"))).isFalse();
  }

  // Verifies that numbers are told of values of one to four bytes.
  @Test
  void readsNumbers() {
    reportAll();

    assertThat(sync.numberOf(HEARTBEAT)).isEqualTo(90);
    assertThat(sync.numberOf(0x0007)).isEqualTo(-1);
    assertThat(sync.numberOf(0x0001)).isEqualTo(-1);
    report(new BodyWriter().pair(HEARTBEAT));
    assertThat(sync.numberOf(HEARTBEAT)).isEqualTo(-1);
  }
}
