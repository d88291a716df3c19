package io.m2mgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Single promises of an exchange (ground rule 2, 5.4.6). */
class ExchangeTest {
  private static final long NOW = 1_000_000;
  private static final Link LINK = new Link(77, "tcp", true, 15_000, 3, false);

  private long now = NOW;
  private final List<String> sent = new ArrayList<>();
  private final List<String> rested = new ArrayList<>();
  private final List<Port.End> ends = new ArrayList<>();
  private final Exchange<Plain> exchange = new Exchange<>(new Exchange.Rules(3, 300), 10, port());

  private boolean secretsMayGo = true;
  private boolean storeAnswers = true;

  private record Plain(
      String name,
      Command command,
      boolean management,
      boolean secret,
      boolean patient,
      long expiresMillis,
      boolean high)
      implements Order {
    Plain(
        String name,
        Command command,
        boolean management,
        boolean secret,
        boolean patient,
        long expiresMillis) {
      this(name, command, management, secret, patient, expiresMillis, false);
    }

    @Override
    public OptionalInt sentAs(long timestamp) {
      return name.equals("before") && timestamp == LINK.timestamp()
          ? OptionalInt.of(5)
          : OptionalInt.empty();
    }

    static Plain named(String name, boolean management) {
      return new Plain(name, Command.CONFIG_GET, management, false, true, Long.MAX_VALUE);
    }
  }

  private Port<Plain> port() {
    return new Port<>() {
      @Override
      public void prepare(Plain order) {
        if (order.secret() && !secretsMayGo) {
          exchange.unprepared(order);
        } else if (storeAnswers) {
          exchange.prepared(order, now);
        }
      }

      @Override
      public boolean send(Plain order, Sending sending) {
        return sent.add(order.name() + "@" + sending.sequence() + (sending.repeat() ? "r" : ""));
      }

      @Override
      public void rested(Plain order) {
        rested.add(order.name());
      }

      @Override
      public void finished(Plain order, End end) {
        ends.add(end);
      }
    };
  }

  // Verifies that management overtakes data that waits, and that the queue is bounded.
  @Test
  void sendsManagementFirst() {
    assertThat(exchange.offer(Plain.named("data", false), NOW)).isTrue();
    assertThat(exchange.offer(Plain.named("admin", true), NOW)).isTrue();
    assertThat(exchange.offer(Plain.named("more", false), NOW)).isTrue();
    assertThat(exchange.offer(Plain.named("full", true), NOW)).isFalse();
    exchange.link(Optional.of(LINK));
    exchange.tick(NOW);
    assertThat(sent).containsExactly("admin@10");
  }

  // Verifies that what is in flight when another session is in force leaves in that one under
  // another
  // sequence, before the others, and does not wait for an answer to what the ended session took.
  @Test
  void goesBackWhenTheSessionIsAnother() {
    exchange.link(Optional.of(LINK));
    exchange.offer(Plain.named("a", true), NOW);
    exchange.offer(Plain.named("b", true), NOW);
    exchange.answered(NOW + 1000);
    exchange.link(Optional.of(new Link(78, "tcp", true, 15_000, 3, false)));
    exchange.tick(NOW + 1299);
    assertThat(sent).containsExactly("a@10");
    exchange.tick(NOW + 1300);
    exchange.tick(NOW + 1301);
    assertThat(sent).containsExactly("a@10", "a@11");
  }

  // Verifies that a request is repeated unchanged three times in all, then waits for the terminal,
  // and keeps its sequence in the
  // same session.
  @Test
  void repeatsThenWaits() {
    exchange.link(Optional.of(LINK));
    exchange.offer(Plain.named("a", true), NOW);
    for (int second = 1; second <= 120; second++) {
      exchange.tick(NOW + second * 1000L);
    }
    assertThat(sent).containsExactly("a@10", "a@10r", "a@10r");
    assertThat(rested).containsExactly("a");
    exchange.heard();
    exchange.tick(NOW + 200_000);
    assertThat(sent).hasSize(4).endsWith("a@10r");
    // A new session: the frame is another one.
    exchange.link(Optional.of(new Link(78, "tcp", true, 15_000, 3, false)));
    exchange.tick(NOW + 215_000);
    assertThat(sent).endsWith("a@11");
    // An ack of either send ends it.
    assertThat(exchange.acked(Command.CONFIG_GET, 12, NOW + 216_000)).isEmpty();
    assertThat(exchange.acked(Command.CONFIG_GET, 10, NOW + 216_000)).isPresent();
    assertThat(exchange.acked(Command.CONFIG_GET, 10, NOW + 216_000)).isEmpty();
    assertThat(exchange.idle()).isTrue();
  }

  // Verifies that an order that left before it came here keeps its sequence in that session, and in
  // no other.
  @Test
  void keepsTheSequenceOfBefore() {
    exchange.link(Optional.of(LINK));
    exchange.offer(Plain.named("before", true), NOW);
    exchange.tick(NOW + 15_000);
    exchange.link(Optional.of(new Link(78, "tcp", true, 15_000, 3, false)));
    exchange.tick(NOW + 30_000);
    assertThat(sent).containsExactly("before@5", "before@5r", "before@10");
    assertThat(exchange.acked(Command.CONFIG_GET, 5, NOW + 31_000)).isPresent();
    exchange.offer(Plain.named("a", true), NOW + 32_000);
    exchange.tick(NOW + 32_000);
    assertThat(sent).endsWith("a@11");
  }

  // Verifies that nobody else gets the sequence under which an order was announced to the store and
  // did not leave: it may leave
  // under it elsewhere.
  @Test
  void givesNoSequenceTwice() {
    storeAnswers = false;
    exchange.link(Optional.of(LINK));
    Plain order = Plain.named("a", true);
    exchange.offer(order, NOW);
    assertThat(exchange.sequenceOf(order)).isEqualTo(10);
    exchange.link(Optional.empty());
    exchange.unprepared(order);
    exchange.cancel(order, NOW);
    storeAnswers = true;
    exchange.link(Optional.of(LINK));
    exchange.offer(Plain.named("b", false), NOW);
    exchange.tick(NOW);
    assertThat(sent).containsExactly("b@11");
  }

  // Verifies that what must not be done twice is owed from the moment when the store may say that
  // it leaves: only here it is
  // known that it did not.
  @Test
  void owesWhatWasAnnounced() {
    storeAnswers = false;
    Plain order = new Plain("a", Command.TRANSPARENT_DATA, false, false, false, Long.MAX_VALUE);
    exchange.offer(order, NOW);
    assertThat(exchange.owes()).isFalse();
    exchange.link(Optional.of(LINK));
    exchange.tick(NOW);
    exchange.link(Optional.empty());
    assertThat(exchange.busy()).isFalse();
    assertThat(exchange.owes()).isTrue();
    exchange.unprepared(order);
    assertThat(exchange.owes()).isFalse();
  }

  // Verifies that an uplink request that nobody answers blocks for 270 s and no longer.
  @Test
  void waitsForUnansweredUplinks() {
    exchange.link(Optional.of(LINK));
    exchange.asked(NOW);
    exchange.offer(Plain.named("a", true), NOW);
    exchange.tick(NOW + 269_999);
    assertThat(sent).isEmpty();
    now = NOW + 270_000;
    exchange.tick(now);
    assertThat(sent).hasSize(1);
  }

  // Verifies that the gap after an answer is kept to the millisecond.
  @Test
  void leavesAGap() {
    exchange.link(Optional.of(LINK));
    exchange.asked(NOW);
    exchange.offer(Plain.named("a", true), NOW);
    exchange.answered(NOW + 50);
    exchange.tick(NOW + 349);
    assertThat(sent).isEmpty();
    now = NOW + 350;
    exchange.tick(now);
    assertThat(sent).hasSize(1);
  }

  // Verifies that LOGOUT takes an ack with a foreign sequence, once, and only while it is in
  // flight.
  @Test
  void takesForeignAcksOnce() {
    exchange.link(Optional.of(LINK));
    assertThat(exchange.acked(Command.LOGOUT, 1, NOW)).isEmpty();
    exchange.offer(new Plain("out", Command.LOGOUT, true, false, false, Long.MAX_VALUE), NOW);
    assertThat(exchange.acked(Command.LOGOUT, 1, NOW)).isPresent();
    assertThat(exchange.acked(Command.LOGOUT, 1, NOW)).isEmpty();
  }

  // Verifies that a request with secrets waits for a confirmed session, and that an impatient one
  // ends with its sends.
  @Test
  void keepsSecretsForConfirmedSessions() {
    exchange.link(Optional.of(new Link(77, "tcp", false, 15_000, 3, false)));
    exchange.offer(new Plain("s", Command.SECURITY_CONFIG, true, true, false, Long.MAX_VALUE), NOW);
    exchange.tick(NOW + 1_000);
    assertThat(sent).isEmpty();
    exchange.link(Optional.of(LINK));
    for (int second = 1; second <= 60; second++) {
      exchange.tick(NOW + second * 1000L);
    }
    assertThat(sent).hasSize(3);
    assertThat(ends).containsExactly(Port.End.TIMED_OUT);
  }

  // Verifies that a request whose secrets may not go where the terminal is keeps no other, and goes
  // when the terminal is heard where they may.
  @Test
  void letsOthersPassSecretsThatMayNotGo() {
    secretsMayGo = false;
    exchange.link(Optional.of(LINK));
    Plain secret = new Plain("s", Command.SECURITY_CONFIG, true, true, true, Long.MAX_VALUE);
    exchange.offer(secret, NOW);
    exchange.offer(Plain.named("a", true), NOW);
    exchange.tick(NOW + 1_000);
    assertThat(sent).containsExactly("a@11");
    assertThat(exchange.acked(Command.CONFIG_GET, 11, NOW + 2_000)).isPresent();
    secretsMayGo = true;
    exchange.tick(NOW + 5_000);
    assertThat(sent).hasSize(1);
    now = NOW + 6_000;
    exchange.heard();
    exchange.tick(now);
    assertThat(sent).containsExactly("a@11", "s@10");
  }

  // Verifies that an impatient request has no more than its sends however often the way to the
  // terminal is lost between.
  @Test
  void countsSendsAcrossLostLinks() {
    exchange.link(Optional.of(LINK));
    exchange.offer(new Plain("i", Command.REMOTE_CTRL, true, false, false, Long.MAX_VALUE), NOW);
    for (int loss = 1; loss <= 5; loss++) {
      exchange.link(Optional.empty());
      assertThat(exchange.owes()).isEqualTo(loss <= 3);
      exchange.link(Optional.of(LINK));
      now = NOW + loss * 20_000L;
      exchange.tick(now);
    }
    assertThat(sent).containsExactly("i@10", "i@10r", "i@10r");
    assertThat(ends).containsExactly(Port.End.TIMED_OUT);
  }

  // Verifies that only high requests go out while the terminal downloads, past those that wait for
  // its end.
  @Test
  void letsHighOnesThroughADownload() {
    exchange.link(Optional.of(new Link(77, "tcp", true, 15_000, 3, true)));
    exchange.offer(Plain.named("a", true), NOW);
    exchange.offer(
        new Plain("h", Command.DOWNLOAD_INFO, true, false, true, Long.MAX_VALUE, true), NOW);
    exchange.tick(NOW);
    assertThat(sent).containsExactly("h@10");
    exchange.acked(Command.DOWNLOAD_INFO, 10, NOW + 10);
    exchange.tick(NOW + 1_000);
    assertThat(sent).hasSize(1);
    exchange.link(Optional.of(LINK));
    now = NOW + 2_000;
    exchange.tick(now);
    assertThat(sent).containsExactly("h@10", "a@11");
  }

  // Verifies that who asks again goes first, under a new sequence, and that the sequence is known
  // before it leaves.
  @Test
  void asksAgainFirst() {
    exchange.link(Optional.of(LINK));
    Plain first = Plain.named("a", true);
    exchange.offer(first, NOW);
    exchange.offer(Plain.named("b", true), NOW);
    assertThat(exchange.sequenceOf(first)).isEqualTo(10);
    assertThat(exchange.acked(Command.CONFIG_GET, 10, NOW + 5)).contains(first);
    exchange.again(first, NOW + 5);
    assertThat(exchange.sequenceOf(first)).isEqualTo(11);
    now = NOW + 305;
    exchange.tick(now);
    assertThat(sent).containsExactly("a@10", "a@11");
  }
}
