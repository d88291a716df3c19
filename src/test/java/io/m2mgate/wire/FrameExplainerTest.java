package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.wire.Explanation.Row;
import io.m2mgate.wire.MalformedFrame.Reason;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FrameExplainerTest {
  private final Dialect dialect = Vectors.DICTIONARY.dialect();

  private Explanation explain(String vector, boolean showSecrets) throws MalformedFrame {
    return new FrameExplainer(DigestCheck.NONE, showSecrets)
        .explain(Vectors.named(vector).frame(), dialect);
  }

  private static Row row(Explanation e, String name) {
    return e.rows().stream()
        .filter(r -> r.name().equals(name) || r.field().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Verifies header, fields and TLVs of a data packet, with names in both languages and grades. */
  @Test
  void data() throws Exception {
    var e = explain("data-to-application", false);

    assertThat(e.command()).isEqualTo("TRANSPARENT_DATA");
    assertThat(e.digest()).isEqualTo(DigestVerdict.UNCHECKED);
    assertThat(row(e, "flags").value()).isEqualTo("digest");
    assertThat(row(e, "crc16").value()).isEqualTo(0x34F6L);
    assertThat(row(e, "destination-ec").value()).isEqualTo("EC01");
    assertThat(row(e, "user-data").value()).isEqualTo("68656c6c6f");
    assertThat(row(e, "user-data").zh()).isEqualTo("用户数据标识");
    assertThat(row(e, "user-data").offset()).isEqualTo(38);
    assertThat(row(e, "message-digest").offset()).isEqualTo(47);
    assertThat(e.toText()).contains("destination-ec", "EC01", "[confirmed]", "digest unchecked");
  }

  /** Verifies that coded values come with their names. */
  @Test
  void codes() throws Exception {
    assertThat(row(explain("logout", false), "reason").note()).startsWith("programEnds");
    assertThat(row(explain("register-op1", false), "operation").note()).startsWith("askSecurity");
    assertThat(row(explain("remote-ctrl-ack-0301", false), "result").note()).startsWith("accepted");
    assertThat(row(explain("segment-abort", false), "fragment").note()).isEqualTo("abortBySender");
  }

  /** Verifies that secrets never show unless asked for, in the table or in JSON. */
  @Test
  void secrets() throws Exception {
    var hidden = explain("security-config-sms", false);
    var shown = explain("security-config-sms", true);

    assertThat(hidden.toText() + hidden.toJson())
        .doesNotContain("12345678", "3132333435363738", "3131323233");
    assertThat(row(hidden, "uplink-password").value()).isEqualTo("****");
    assertThat(row(hidden, "uplink-password-expiry").value()).isEqualTo(0xAAAA_AAAAL);
    assertThat(row(shown, "uplink-password").value()).isEqualTo("12345678");
  }

  /** Verifies that parts and unread bytes, which may hold secrets, are hidden too. */
  @Test
  void possibleSecrets() throws Exception {
    var part = explain("segment-1-of-3", false);
    var whole = FrameBuilder.request(dialect, Command.SECURITY_CONFIG)
        .serial("TERM000000000001")
        .tlv("uplink-password", "12345678")
        .build();
    var cut = Arrays.copyOf(whole, whole.length - 2);
    Bytes.u16(cut, 0, cut.length);
    var broken = new FrameExplainer().explain(Vectors.DECODER.frame(cut, 0, cut.length), dialect);

    assertThat(part.toText()).doesNotContain("0300014009").contains("part");
    assertThat(explain("segment-1-of-3", true).toJson().toString()).contains("0300014009");
    assertThat(broken.fault()).map(MalformedFrame::reason).contains(Reason.TLV_PAST_END);
    assertThat(broken.fault()).map(MalformedFrame::offset).contains(29);
    assertThat(broken.toText() + broken.toJson()).doesNotContain("313233");
  }

  /** Verifies that ciphertext is named and not decoded. */
  @Test
  void encrypted() throws Exception {
    var e = explain("data-encrypted", true);

    assertThat(e.wrapping()).isEqualTo(Wrapping.ENCRYPTED);
    assertThat(row(e, "encrypted-body").note()).isEqualTo("encrypted: not decoded");
    assertThat(e.toText()).contains("encrypted: not decoded");
  }

  /** Verifies that a TRANSPARENT_CMD shows the command in it with its fixed fields, and masks what that carries. */
  @Test
  void innerCommands() throws Exception {
    byte[] b = FrameBuilder.request(dialect, Command.TRANSPARENT_CMD)
        .serial("TERM000000000001")
        .tlv("destination-terminal", "TERM000000000002")
        .tlv("transparent-command-fixed-part", "000e00")
        .tlv("uplink-password", "12345678")
        .build();
    var e = new FrameExplainer().explain(Vectors.DECODER.frame(b, 0, b.length), dialect);
    byte[] strange = FrameBuilder.request(dialect, Command.TRANSPARENT_CMD)
        .serial("TERM000000000001")
        .tlv("transparent-command-fixed-part", "00993132333435")
        .build();
    var s =
        new FrameExplainer().explain(Vectors.DECODER.frame(strange, 0, strange.length), dialect);

    assertThat(row(e, "inner").name()).isEqualTo("SECURITY_CONFIG");
    assertThat(row(e, "inner.operation").value()).isEqualTo(0L);
    assertThat(row(e, "inner.operation").note()).startsWith("set");
    assertThat(row(e, "uplink-password").value()).isEqualTo("****");
    assertThat(e.shownBytes()).hasSize(2 * b.length).doesNotContain("3132").contains("000e00");
    assertThat(row(s, "inner").note()).isEqualTo("not in the dictionary");
    assertThat(s.toText() + s.toJson() + s.shownBytes()).doesNotContain("3132");
  }

  /** Verifies that a decrypted body is explained apart, and that ciphertext of a secret is hidden with it. */
  @Test
  void decrypted() throws Exception {
    var frame = Vectors.named("data-encrypted").frame();
    byte[] reading = FrameBuilder.request(dialect, Command.TRANSPARENT_DATA)
        .field("crc16", 0)
        .tlv("user-data", "68656c6c6f")
        .body();
    byte[] secret = FrameBuilder.request(dialect, Command.TRANSPARENT_DATA)
        .field("crc16", 0)
        .tlv("base-key", "7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a7a")
        .body();

    var e = holding(reading).explain(frame, dialect);
    var hidden = holding(secret).explain(frame, dialect);

    assertThat(e.inside().get(0).rows()).extracting(Row::name).contains("user-data");
    assertThat(e.toText()).contains("inside encrypted-body").doesNotContain("not decoded");
    assertThat(e.shownBytes()).doesNotContain("*");
    assertThat(row(hidden, "encrypted-body").hidden()).isTrue();
    assertThat(hidden.toText() + hidden.toJson()).contains("base-key").doesNotContain("7a7a");
  }

  private static FrameExplainer holding(byte[] clear) {
    return new FrameExplainer(DigestCheck.NONE, BodyOpener.holding(Optional.of(clear)), false);
  }

  /** Verifies the verdicts: none, missing under the flag, and what the check says. */
  @Test
  void verdicts() throws Exception {
    var missing = FrameBuilder.request(dialect, Command.LOGOUT)
        .serial("TERM000000000001")
        .flags(0x20)
        .build();
    var good = new FrameExplainer((frame, at) -> DigestVerdict.GOOD, false);

    assertThat(explain("logout", false).digest()).isEqualTo(DigestVerdict.ABSENT);
    assertThat(good.explain(Vectors.DECODER.frame(missing, 0, missing.length), dialect)
            .digest())
        .isEqualTo(DigestVerdict.MISSING);
    assertThat(good.explain(Vectors.named("login").frame(), dialect).digest())
        .isEqualTo(DigestVerdict.GOOD);
  }

  /** Verifies that unknown commands, unknown tags and fillers are shown as such. */
  @Test
  void unknown() throws Exception {
    var b = FrameBuilder.request(dialect, Command.CONFIG_TRAP)
        .serial("TERM000000000001")
        .pair(0)
        .tlv(0xABCD, new byte[] {1})
        .build();
    var trap = new FrameExplainer().explain(Vectors.DECODER.frame(b, 0, b.length), dialect);
    Bytes.u16(b, 2, 0x0099);
    var stranger = new FrameExplainer().explain(Vectors.DECODER.frame(b, 0, b.length), dialect);

    assertThat(row(trap, "tag-ABCD").note()).isEqualTo("not in the dictionary");
    assertThat(row(trap, "filler").length()).isEqualTo(4);
    assertThat(stranger.command()).isEqualTo("unknown command 0099");
  }
}
