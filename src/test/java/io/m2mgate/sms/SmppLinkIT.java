package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageReceipt;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.Smsc;
import io.m2mgate.peer.SmscStore.Submitted;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The link {@code smpp} against a message centre in a process of its own. */
@Execution(ExecutionMode.CONCURRENT)
class SmppLinkIT {
  private static final byte[] USER_DATA = HexFormat.of().parseHex("0B05040000C002000300010101AABB");

  @TempDir
  Path directory;

  private Smsc smsc;
  private CentreUnderTest gateway;

  @BeforeEach
  void open() {
    smsc = Smsc.start(directory);
    gateway = CentreUnderTest.open(
        smsc.settings("sms.smpp.answerSeconds=2", "sms.smpp.enquireSeconds=1"));
    gateway.awaitUp();
  }

  @AfterEach
  void close() {
    gateway.close();
    smsc.close();
  }

  // Verifies every byte of a submitted message, and that a receipt is asked for and understood.
  @Test
  void submitsExactly() {
    smsc.receipts("DELIVRD");
    gateway.expectSent("8613900000001", USER_DATA);

    Submitted submitted = smsc.awaitSubmits(1).get(0);
    byte[] pdu = submitted.pdu();
    assertThat(HexFormat.of().withUpperCase().formatHex(pdu, 16, pdu.length))
        .isEqualTo("00" + "0001" + hex(Smsc.SERVICE) + "00" + "0101" + hex("8613900000001") + "00"
            + "40" + "00" + "00" + "00" + "00" + "01" + "00" + "04" + "00" + "0F"
            + "0B05040000C002000300010101AABB");
    assertThat(HexFormat.of().formatHex(pdu, 0, 12)).isEqualTo("000000450000000400000000");
    smsc.awaitTaken();
    Await.until(
        "a receipt",
        Await.PATIENCE,
        () -> gateway.status().receipts().get(ShortMessageReceipt.State.DELIVERED) == 1);
    assertThat(gateway.taken).isEmpty();
  }

  // Verifies that a message is acknowledged when it was taken and not before, and comes again when
  // it was not.
  @Test
  void acknowledgesWhatWasTaken() {
    Promise<Void> taken = Promise.promise();
    gateway.answer(message -> taken.future());
    smsc.send("8613900000001", USER_DATA);
    gateway.awaitTaken(1);

    assertThat(smsc.held()).isEqualTo(1);
    assertThat(gateway.taken.get(0)).satisfies(message -> {
      assertThat(message.from()).isEqualTo("+8613900000001");
      assertThat(message.to()).isEqualTo(Smsc.SERVICE);
      assertThat(message.hasHeader()).isTrue();
      assertThat(message.dataCoding()).isEqualTo(4);
      assertThat(message.userData()).isEqualTo(USER_DATA);
    });
    taken.complete();
    smsc.awaitTaken();

    gateway.answer(message -> Future.failedFuture("the store is away"));
    smsc.send("8613900000001", 0, 0xF5, USER_DATA, true);
    gateway.awaitTaken(3);
    gateway.answer(message -> Future.succeededFuture());
    smsc.awaitTaken();
    assertThat(gateway.taken.get(2)).satisfies(message -> {
      assertThat(message.hasHeader()).isFalse();
      assertThat(message.dataCoding()).isEqualTo(0xF5);
      assertThat(message.userData()).isEqualTo(USER_DATA);
    });
  }

  // Verifies that a message whose taking takes too long, or whose connection is lost meanwhile,
  // comes again.
  @Test
  void takesAgainAfterLoss() {
    gateway.answer(message -> Promise.<Void>promise().future());
    smsc.send("8613900000001", USER_DATA);
    gateway.awaitTaken(2);
    gateway.answer(message -> Future.succeededFuture());
    smsc.drop();
    gateway.awaitUp();
    smsc.awaitTaken();
    assertThat(smsc.binds()).isEqualTo(2);

    smsc.unbind();
    Await.until("a third bind", Await.PATIENCE, () -> smsc.binds() == 3);
    gateway.awaitUp();
    gateway.expectSent("8613900000001", USER_DATA);
  }

  // Verifies that a full centre is asked again until it takes the message, that a refusal is final,
  // and that a message
  // whose answer was lost is told as doubtful and not repeated; and that a silent link is looked
  // after.
  @Test
  void tellsWhatIsKnown() {
    smsc.throttle(2);
    gateway.expectSent("8613900000001", USER_DATA);
    assertThat(smsc.submits()).extracting(Submitted::status).containsExactly(0x58, 0x58, 0);
    assertThat(gateway.status().repeats()).isEqualTo(2);

    smsc.refuse(1);
    ShortMessageFault refused = gateway.expectFault("8613900000001", USER_DATA);
    assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
    assertThat(refused).hasMessageContaining("0x0000000B");

    smsc.dropAnswers(1);
    assertThat(gateway.expectFault("8613900000001", USER_DATA).kind()).isEqualTo(Kind.DOUBTFUL);
    assertThat(smsc.submits()).hasSize(5);
    Await.until("an enquiry", Await.PATIENCE, () -> smsc.enquiries() > 0);
    assertThat(gateway.status().state().up()).isTrue();
  }

  // Verifies that messages wait for a centre that is away, and that one which it had without an
  // answer is doubtful at once.
  @Test
  void waitsForCentre() {
    smsc.dropAnswers(1);
    Future<Void> doubtful = gateway.send("8613900000001", USER_DATA);
    smsc.awaitSubmits(1);
    smsc.kill();
    assertThat(CentreUnderTest.fault(doubtful).kind()).isEqualTo(Kind.DOUBTFUL);
    Future<Void> waiting = gateway.send("8613900000002", USER_DATA);
    Await.until("no link", Await.PATIENCE, () -> !gateway.status().state().up());
    smsc.restart();

    CentreUnderTest.get(waiting);
    assertThat(smsc.submits()).hasSize(2);
  }

  private static String hex(String text) {
    return HexFormat.of().withUpperCase().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  // Verifies that a wrong password is told, without it, and tried again seldom; and that nothing is
  // sent.
  @Test
  void tellsWrongPassword() {
    try (var stranger = CentreUnderTest.open(smsc.settings(
        "sms.smpp.password=wrong-1", "sms.giveUpSeconds=1", "sms.smpp.backoff.maxSeconds=60"))) {
      Await.until(
          "a reason",
          Await.PATIENCE,
          () -> stranger.status().state().reason().contains("wrong password"));
      assertThat(stranger.expectFault("8613900000001", USER_DATA).kind()).isEqualTo(Kind.LATER);
      assertThat(stranger.status().toString()).doesNotContain("wrong-1").contains("0x0000000E");
      assertThat(List.of(smsc.binds(), smsc.submits().size())).containsExactly(1, 0);
    }
  }
}
