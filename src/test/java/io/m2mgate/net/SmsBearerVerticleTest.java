package io.m2mgate.net;

import static io.m2mgate.bus.LaneFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.OutboundBatch;
import io.m2mgate.bus.ReceivedFrame;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.sms.CentreStatus;
import io.m2mgate.sms.MessageCentre;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a message is acknowledged to the centre, and when it is left there to come again. */
class SmsBearerVerticleTest {
  private static final String NUMBER = "8613800138000";

  private final LaneFixture fixture = new LaneFixture(1, 1, batch -> {});
  private final ScriptedCentre centre = new ScriptedCentre();
  private final List<Inbound> frames = new ArrayList<>();
  private LaneFixture.OnLane on;

  /** A centre whose answers the test gives. */
  private static final class ScriptedCentre implements MessageCentre {
    final ConcurrentLinkedQueue<ShortMessage> sent = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Promise<Void>> answers = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> serials = new ConcurrentLinkedQueue<>();

    @Override
    public Future<Void> send(String serial, ShortMessage message) {
      serials.add(serial);
      sent.add(message);
      Promise<Void> answer = Promise.promise();
      answers.add(answer);
      return answer.future();
    }

    @Override
    public void receiver(Function<ReceivedShortMessage, Future<Void>> takes) {}

    @Override
    public CentreStatus status() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> open() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }

  @BeforeEach
  void open() {
    on = fixture.single();
    await(fixture.lanes().deploy("sms", () -> new SmsBearerVerticle(centre, 16_384, 20, true)));
    on.<InboundBatch>listen(Addresses.inbound(0), batch -> frames.addAll(batch.frames()));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Future<Void> receive(byte[] frame) {
    Promise<Void> taken = Promise.promise();
    on.run(() -> on.its().send(Addresses.shortMessage(0), new ReceivedFrame(NUMBER, frame, taken)));
    settle();
    return taken.future();
  }

  private Future<Void> receive() {
    return receive(RequestFrames.of(Command.CONFIG_TRAP, 1).build());
  }

  private void settle() {
    for (int turn = 0; turn < 10; turn++) {
      on.run(() -> {});
    }
  }

  private void answer(Inbound in) {
    byte[] ack = RequestFrames.of(Command.CONFIG_TRAP, 1).build();
    on.run(() -> on.its()
        .send(
            Addresses.outbound(0, Origin.SMS),
            new OutboundBatch(List.of(new OutboundBatch.Sealed(in.origin(), ack)))));
    settle();
  }

  private void finish(Inbound in, Consumer<Inbound> first) {
    on.run(() -> {
      first.accept(in);
      on.its().done(in);
    });
  }

  private void ends(Promise<Void> answer, ShortMessageFault.Kind kind) {
    answer.fail(new ShortMessageFault(kind, "scripted"));
    settle();
  }

  // Verifies that a request counts as taken when it is finished with and the centre has its answer,
  // and not before.
  @Test
  void waitsForTheAnswer() {
    Future<Void> taken = receive();
    Inbound in = frames.get(0);
    answer(in);
    finish(in, it -> {});
    assertThat(taken.isComplete()).isFalse();
    assertThat(centre.sent.element().to()).isEqualTo(NUMBER);
    assertThat(centre.serials).containsExactly(SampleTerminal.SERIAL);

    centre.answers.element().complete();

    await(taken);
    assertThat(on.its().credits().frames()).isZero();
  }

  // Verifies that a request which is answered after it is finished with waits for that, and one
  // that
  // is answered nothing does not wait for ever.
  @Test
  void waitsForLateAnswers() {
    Future<Void> taken = receive();
    Future<Void> silent = receive();
    finish(frames.get(0), it -> {});
    answer(frames.get(0));
    finish(frames.get(1), it -> {});

    await(silent);
    assertThat(taken.isComplete()).isFalse();
    centre.answers.element().complete();
    await(taken);
  }

  // Verifies that an answer of a terminal is taken at once.
  @Test
  void takesAcksAtOnce() {
    byte[] ack = RequestFrames.of(Command.CONFIG_TRAP, 1).build();
    ack[2] |= (byte) 0x80;
    Future<Void> taken = receive(ack);

    finish(frames.get(0), it -> {});

    assertThat(taken.succeeded()).isTrue();
  }

  // Verifies that a message comes again when we could not serve it, and not when it was the
  // terminal's own fault.
  @Test
  void leavesWhatIsOurFault() {
    Future<Void> ours = receive();
    Future<Void> theirs = receive();

    finish(frames.get(0), it -> on.its().dropped(it, Drop.STORE_UNAVAILABLE));
    finish(frames.get(1), it -> on.its().dropped(it, Drop.MALFORMED));

    await(theirs);
    assertThat(ours.failed()).isTrue();
  }

  // Verifies that a message comes again when its answer could not be sent or may be lost, and not
  // when that is refused for good.
  @Test
  void leavesWhatWasNotAnswered() {
    List<Future<Void>> taken = List.of(receive(), receive(), receive());
    for (Inbound in : List.copyOf(frames)) {
      answer(in);
      finish(in, it -> {});
    }

    ends(centre.answers.remove(), ShortMessageFault.Kind.LATER);
    ends(centre.answers.remove(), ShortMessageFault.Kind.DOUBTFUL);
    ends(centre.answers.remove(), ShortMessageFault.Kind.REFUSED);

    assertThat(taken).extracting(Future::failed).containsExactly(true, true, false);
    assertThat(taken.get(2).succeeded()).isTrue();
  }

  // Verifies that nothing is taken while the lane has no credit.
  @Test
  void takesNothingWithoutCredit() {
    on.run(() -> {
      for (int i = 0; i < 1000; i++) {
        on.its().credits().take(28);
      }
    });

    assertThat(receive().failed()).isTrue();
    assertThat(frames).isEmpty();
  }

  // Verifies that a frame that no message takes is not cut.
  @Test
  void sendsNothingTooLong() {
    receive();
    byte[] tooLong = new byte[129];
    byte[] header = RequestFrames.of(Command.CONFIG_TRAP, 1).build();
    System.arraycopy(header, 0, tooLong, 0, 28);
    tooLong[0] = 0;
    tooLong[1] = (byte) 129;
    on.run(() -> on.its()
        .send(
            Addresses.outbound(0, Origin.SMS),
            new OutboundBatch(List.of(new OutboundBatch.Sealed(frames.get(0).origin(), tooLong)))));
    settle();

    assertThat(centre.sent).isEmpty();
  }
}
