package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.wire.Frame;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests to a terminal that moves between bearers within its session (5.2.1, sms.md). */
class DownlinkWaysTest extends PartsFixture {
  private static final long UDP_TIMEOUT = 30_000;
  private static final long SMS_TIMEOUT = 90_000;

  private final FakeOrigin udp = FakeOrigin.datagrams("b");
  private final MessageOrigin sms = MessageOrigin.to(0, SampleTerminal.NUMBER);

  @BeforeEach
  void forget() {
    sent.clear();
    bearers.clear();
  }

  /** A frame of the terminal, and what is due after the gap. */
  private void hear(Origin from) {
    receive(trap(), from);
    pass(500);
    pass(500);
  }

  private void assertLeft(int count, String bearer) {
    assertThat(bearers).hasSize(count);
    assertThat(bearers.get(count - 1)).isEqualTo(bearer);
  }

  // Verifies that a request in flight follows its terminal under the same sequence, each time after
  // the time of the bearer, signed or not as the bearer has it and otherwise the same bytes, and
  // that
  // an ack by an earlier bearer ends it.
  @Test
  void followsTheTerminal() {
    offerNow(request(Command.CONFIG_SET, bytes(20)));
    assertLeft(1, Origin.TCP);
    Frame first = last();
    hear(udp);
    pass(TIMEOUT + 1_000);
    assertThat(sent).hasSize(1);
    pass(UDP_TIMEOUT - TIMEOUT);
    assertLeft(2, Origin.UDP);
    assertThat(last().bytes()).isEqualTo(first.bytes());
    hear(sms);
    pass(UDP_TIMEOUT + 1_000);
    assertThat(sent).hasSize(2);
    pass(SMS_TIMEOUT - UDP_TIMEOUT);
    assertLeft(3, Origin.SMS);
    Frame message = last();
    assertThat(message.sequence()).isEqualTo(first.sequence());
    assertThat(message.flags()).isZero();
    assertThat(message.length()).isEqualTo(first.header().size() + 20);
    FakeOrigin again = FakeOrigin.at("c");
    hear(again);
    pass(TIMEOUT + 1_000);
    assertLeft(4, Origin.TCP);
    assertThat(last().bytes()).isEqualTo(first.bytes());
    receive(ack(Command.CONFIG_SET, first.sequence(), new byte[] {0}, 0x20), udp);
    assertThat(acked).containsExactly(new byte[] {0});
    assertThat(ends).isEmpty();
    pass(SMS_TIMEOUT);
    assertThat(sent).hasSize(4);
  }

  // Verifies that a request whose sends are over by one bearer has one more by the next, and no
  // more.
  @Test
  void hasASendByEachBearer() {
    offerNow(request(Command.CONFIG_SET, bytes(20)));
    pass(TIMEOUT);
    pass(TIMEOUT);
    assertLeft(3, Origin.TCP);
    hear(sms);
    origin.close();
    pass(TIMEOUT);
    assertThat(sent).hasSize(3);
    pass(SMS_TIMEOUT);
    assertLeft(4, Origin.SMS);
    pass(SMS_TIMEOUT);
    assertThat(sent).hasSize(4);
    assertThat(ends).containsExactly(End.TIMED_OUT);
  }

  // Verifies that what does not fit into a message is not sent, says both sizes, and goes when the
  // terminal comes by another bearer.
  @Test
  void waitsForAnotherBearerWhereAMessageIsTooSmall() {
    origin.close();
    hear(sms);
    offer(request(Command.CONFIG_SET, bytes(101)));
    assertThat(sent).isEmpty();
    assertThat(unfit)
        .containsExactly(
            "CONFIG_SET of 129 bytes does not fit into a short message, which carries 128");
    hear(udp);
    assertLeft(1, Origin.UDP);
    assertThat(ends).isEmpty();
  }

  // Verifies that a message of the greatest size goes.
  @Test
  void fillsAMessage() {
    origin.close();
    hear(sms);
    offer(request(Command.CONFIG_SET, bytes(100)));
    assertLeft(1, Origin.SMS);
    assertThat(last().length()).isEqualTo(128);
  }

  // Verifies that a request whose connection closes goes on by another bearer of the same session.
  @Test
  void goesOnWhereItsConnectionIsGone() {
    hear(udp);
    hear(origin);
    offerNow(request(Command.CONFIG_SET, bytes(20)));
    assertLeft(1, Origin.TCP);
    origin.close();
    pass(UDP_TIMEOUT);
    assertLeft(2, Origin.UDP);
    receive(ack(Command.CONFIG_SET, last().sequence(), new byte[] {0}, 0x20), udp);
    assertThat(acked).hasSize(1);
  }

  // Verifies that a request in parts does not go by message, and goes on by parts afterwards.
  @Test
  void sendsNoPartsByMessage() {
    offer(request(Command.CONFIG_SET, bytes(2_000)));
    assertLeft(1, Origin.TCP);
    origin.close();
    hear(sms);
    pass(SMS_TIMEOUT);
    assertThat(sent).hasSize(1);
    assertThat(unfit).isNotEmpty();
    hear(udp);
    assertLeft(2, Origin.UDP);
    assertThat(part(last()).index()).isEqualTo(1);
  }
}
