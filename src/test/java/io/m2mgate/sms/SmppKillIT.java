package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.Smsc;
import io.m2mgate.peer.SmscStore.Submitted;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A centre that dies and returns while messages go both ways. */
class SmppKillIT {
  private static final int MESSAGES = 300;
  private static final int KILLS = 3;

  @TempDir
  Path directory;

  // Verifies that every message from a telephone is taken at least once; that of the messages to
  // telephones none is with the
  // centre twice, none that was answered is missing, none that failed as not sent is there, and the
  // rest is told as doubtful.
  @Test
  void losesAndRepeatsNothing() {
    try (var smsc = Smsc.start(directory);
        var gateway = CentreUnderTest.open(smsc.settings(
            "sms.perSecond=150", "sms.window=10", "sms.smpp.backoff.firstMillis=50"))) {
      gateway.awaitUp();
      List<Future<Void>> sent = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        sent.add(gateway.send(number(i), bytes(i)));
        smsc.send(number(i), bytes(i));
      }
      for (int kill = 1; kill <= KILLS; kill++) {
        int so = kill * MESSAGES / (KILLS + 1);
        Await.until("traffic", Duration.ofSeconds(30), () -> ended(sent) >= so);
        smsc.kill().restart();
      }
      Await.until("all ends", Duration.ofSeconds(60), () -> ended(sent) == MESSAGES);
      smsc.awaitTaken();

      Set<Integer> arrived = gateway.taken.stream()
          .map(message -> ByteBuffer.wrap(message.userData()).getInt())
          .collect(Collectors.toSet());
      assertThat(arrived).hasSize(MESSAGES);
      expectEach(sent, smsc.submits());
    }
  }

  private static void expectEach(List<Future<Void>> sent, List<Submitted> submits) {
    Map<Integer, Long> there = submits.stream()
        .map(submit -> ByteBuffer.wrap(submit.message().content()).getInt())
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertThat(there.values()).containsOnly(1L);
    for (int i = 0; i < MESSAGES; i++) {
      Future<Void> one = sent.get(i);
      if (one.succeeded()) {
        assertThat(there).containsKey(i);
      } else {
        assertThat(one.cause()).isInstanceOf(ShortMessageFault.class);
        assertThat(((ShortMessageFault) one.cause()).kind()).isEqualTo(Kind.DOUBTFUL);
      }
    }
    long doubtful = sent.stream().filter(Future::failed).count();
    assertThat(doubtful).isLessThanOrEqualTo(KILLS * 10L);
  }

  private static long ended(List<Future<Void>> sent) {
    return sent.stream().filter(Future::isComplete).count();
  }

  private static String number(int i) {
    return String.format("86139%08d", i);
  }

  private static byte[] bytes(int i) {
    return ByteBuffer.allocate(8).putInt(i).putInt(-1).array();
  }
}
