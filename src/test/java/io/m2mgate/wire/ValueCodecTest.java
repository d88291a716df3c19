package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueCodecTest {
  private final Dialect dialect = Dictionary.load().dialect();

  private Object decode(String tag, String hex) {
    return ValueCodec.decode(dialect.tlv(tag).orElseThrow(), Bytes.unhex(hex));
  }

  private Object decodeText(String tag, String text) {
    return ValueCodec.decode(
        dialect.tlv(tag).orElseThrow(), text.getBytes(StandardCharsets.US_ASCII));
  }

  private String encode(String tag, Object value) {
    return Bytes.hex(ValueCodec.encode(dialect.tlv(tag).orElseThrow(), value));
  }

  /** Verifies numbers: small ones as Integer, 32 bits as Long without sign, and symbolic names on the way back. */
  @Test
  void numbers() {
    assertThat(decode("signal-level", "14")).isEqualTo(20);
    assertThat(decode("heartbeat-interval", "ffffffff")).isEqualTo(0xFFFF_FFFFL);
    assertThat(decode("cleared-security-flags", "0e")).isEqualTo(14);
    assertThat(encode("heartbeat-interval", 90)).isEqualTo("0000005a");
    assertThat(encode("heartbeat-interval", "90")).isEqualTo("0000005a");
    assertThat(encode("remote-command", "factoryReset")).isEqualTo("0a");
    assertThat(encode("connect-mode", "tcpLong")).isEqualTo("03");
    assertThat(encode("gpio-direction-level", 0xFFFF_0000L)).isEqualTo("ffff0000");
  }

  /** Verifies addresses, and that the tags two sources disagree about are read by length and written as text. */
  @Test
  void addresses() {
    assertThat(decode("platform-ip", "c0000201")).isEqualTo("192.0.2.1");
    assertThat(encode("platform-ip", "192.0.2.1")).isEqualTo("c0000201");
    assertThat(decode("dns-address", "08080404")).isEqualTo("8.8.4.4");
    assertThat(decodeText("0014", "8.8.4.4")).isEqualTo("8.8.4.4");
    assertThat(encode("dns-address", "8.8.4.4"))
        .isEqualTo(Bytes.hex("8.8.4.4".getBytes(StandardCharsets.US_ASCII)));
  }

  /** Verifies text, its padding, and that an unset one is empty. */
  @Test
  void texts() {
    assertThat(decodeText("0002", "CMNET")).isEqualTo("CMNET");
    assertThat(decode("imei", "31323334353637383930313233343500")).isEqualTo("123456789012345");
    assertThat(encode("imei", "123456789012345")).isEqualTo("31323334353637383930313233343500");
    assertThat(decode("sim-imsi", "31323334353637383930313233343500")).isEqualTo("123456789012345");
    assertThat(decode("terminal-serial", "")).isEqualTo("");
    assertThat(encode("terminal-serial", "")).isEmpty();
  }

  /** Verifies every struct of the dictionary both ways. */
  @Test
  void structs() {
    both("cell-id", "18a75b1c", Map.of("lac", 0x18A7, "cell", 0x5B1C));
    both("sync-tag-list", "00020007000a", List.of("0002", "0007", "000A"));
    both(
        "sms-stat-params",
        "01000a0200000001ffffffff",
        Map.of("enable", 1, "periodValue", 10, "periodUnit", 2, "start", 1L, "end", 0xFFFF_FFFFL));
    both("m2m-sms-stat", "0000000100020003", List.of(Map.of("time", 1L, "sent", 2, "received", 3)));
    both(
        "m2m-gprs-stat",
        "000000010000000200000003",
        List.of(Map.of("time", 1L, "sentBytes", 2L, "receivedBytes", 3L)));
    both(
        "peripheral-status",
        "000100000301",
        List.of(Map.of("deviceNo", 1, "status", 0), Map.of("deviceNo", 3, "status", 1)));
    both("supported-peripherals", "000100020003", List.of(1, 2, 3));
    both("4006", "0102", Map.of("ipType", 1, "protocol", 2));
    both(
        "fragment",
        "0000000300010041",
        Map.of("transaction", 0, "total", 3, "index", 1, "op", 0, "data", "41"));
    both("param-execution-result", "0200000007", Map.of("status", 2, "sequence", 7L));
    both("app-server-0", "047463703a2f2f313a32", Map.of("bearer", 4, "url", "tcp://1:2"));
  }

  private void both(String tag, String hex, Object value) {
    assertThat(decode(tag, hex)).isEqualTo(value);
    assertThat(encode(tag, value)).isEqualTo(hex);
  }

  /** Verifies that peripherals written as hex digits are read like the binary form. */
  @Test
  void hexAsText() {
    assertThat(decodeText("peripheral-status", "000100000300"))
        .isEqualTo(List.of(Map.of("deviceNo", 1, "status", 0), Map.of("deviceNo", 3, "status", 0)));
    assertThat(decodeText("supported-peripherals", "00010002")).isEqualTo(List.of(1, 2));
  }

  /** Verifies that binary elements that look like hex digits are written as text, so that they stay what they are. */
  @Test
  void binaryThatLooksLikeHexText() {
    both(
        "supported-peripherals",
        Bytes.hex("46666444".getBytes(StandardCharsets.US_ASCII)),
        List.of(0x4666, 0x6444));
    assertThat(encode("supported-peripherals", List.of(0x4666))).isEqualTo("4666");
  }

  /** Verifies that a value cut short is kept raw and marked, with the fields that are whole. */
  @Test
  void cutShort() {
    var schedule = (Map<?, ?>) decode("sms-stat-params", "01000a");
    var crc = decode("config-crc32", "1234");

    assertThat(ValueCodec.unexpected(schedule)).isTrue();
    assertThat(schedule.get("enable")).isEqualTo(1);
    assertThat(schedule.get("periodValue")).isEqualTo(10);
    assertThat(schedule.get("hex")).isEqualTo("01000a");
    assertThat(crc).isEqualTo(Map.of("unexpected", "length 2, expected 4 bytes", "hex", "1234"));
    assertThat(encode("config-crc32", crc)).isEqualTo("1234");
    assertThat(ValueCodec.unexpected(decode("0002", "ff41"))).isTrue();
    assertThat(decode("ABCD", "ff41")).isEqualTo("ff41");
  }

  /** Verifies that a value that cannot be sent is refused with what, where and what would be valid. */
  @Test
  void refusals() {
    refused("signal-level", 256, "signal-level: 256; valid: 0 to 255");
    refused("signal-level", -1, "0 to 255");
    refused("signal-level", 1.5, "a whole number");
    refused("connect-mode", "pigeon", "connect-mode: pigeon");
    refused("platform-ip", "300.1.1.1", "an address like 192.0.2.1");
    refused("platform-ip", 7, "an address like");
    refused("0002", "x".repeat(21), "21 bytes; valid: 0 to 20 bytes");
    refused("0002", "北京", "printable ASCII");
    refused("message-digest", "00", "16 bytes");
    refused("user-data", "0g", "hex digits");
    refused("user-data", "abc", "hex digits");
    refused("cell-id", Map.of("lac", 1), "cell-id.cell: missing");
    refused("cell-id", Map.of("lac", 1, "cell", 70_000), "cell-id.cell: 70000; valid: 0 to 65535");
    refused("cell-id", Map.of("lac", 1, "cell", 2, "x", 3), "an object of [lac, cell]");
    refused(
        "sync-tag-list",
        List.of("0002", "2"),
        "sync-tag-list[1]: 2; valid: a tag of four hex digits");
    refused("sync-tag-list", "0002", "a list");
    refused("dns-address", "a.cn", "other than 4 characters");
  }

  private void refused(String tag, Object value, String complaint) {
    assertThatThrownBy(() -> encode(tag, value))
        .isInstanceOf(InvalidValue.class)
        .hasMessageContaining(complaint);
  }
}
