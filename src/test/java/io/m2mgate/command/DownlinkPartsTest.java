package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Reply;
import io.m2mgate.dictionary.Command;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.Session;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Segmenter;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;

/** Requests and answers of the platform that go in parts, from the lane's bus to the frames of its bearer (wire 6). */
class DownlinkPartsTest extends PartsFixture {
  /** Takes part after part of the request that left last; gives all of its body but the last part. */
  private ByteArrayOutputStream take() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (Part part = part(last()); part.index() < part.total(); part = part(last())) {
      int before = sent.size();
      body.writeBytes(data(part));
      say(last(), part.answer(Operation.SEND, part.index() + 1));
      assertThat(sent).hasSize(before + 1);
      assertThat(part(last()).index()).isEqualTo(part.index() + 1);
    }
    return body;
  }

  // Verifies that a terminal that was left alone for long is asked at once, and one that was
  // answered, or answered, just now after the gap.
  @Test
  void leavesTheGapAfterAnAnswerOnly() {
    begin();
    offerNow(request(Command.CONFIG_SET, bytes(8)));
    assertThat(sent).hasSize(1);
    receive(ack(Command.CONFIG_SET, last().sequence(), new byte[] {0}, 0x20));
    begin();
    offerNow(request(Command.CONFIG_SET, bytes(8)));
    assertThat(sent).hasSize(1);
    pass(300);
    assertThat(sent).hasSize(2);
    receive(ack(Command.CONFIG_SET, last().sequence(), new byte[] {0}, 0x20));
    pass(300_000);
    receive(trap());
    sent.clear();
    begin();
    offerNow(request(Command.CONFIG_SET, bytes(8)));
    assertThat(sent).isEmpty();
    pass(300);
    assertThat(sent).hasSize(1);
  }

  // Verifies that a long request leaves in parts, each when it is asked for, all under one
  // sequence,
  // and ends with the normal ack.
  @Test
  void sendsARequestInParts() {
    byte[] body = bytes(5_000);
    offer(request(Command.CONFIG_SET, body));
    int sequence = last().sequence();
    assertThat(part(last()).length()).isEqualTo(PART);
    ByteArrayOutputStream taken = take();
    taken.writeBytes(data(part(last())));
    assertThat(taken.toByteArray()).isEqualTo(body);
    assertThat(sent).allMatch(frame -> frame.sequence() == sequence).hasSize(6);
    receive(ack(Command.CONFIG_SET, sequence, new byte[] {0}, 0x20));
    assertThat(acked).containsExactly(new byte[] {0});
    assertThat(ends).isEmpty();
  }

  // Verifies that a part that is not answered leaves again under a new sequence, so often as the
  // profile says, and that a copy of the terminal's word changes nothing.
  @Test
  void repeatsAPartUnderANewSequence() {
    LongRequest request = request(Command.CONFIG_SET, bytes(3_000));
    offer(request);
    Frame first = last();
    say(first, part(first).answer(Operation.SEND, 2));
    Frame second = last();
    say(first, part(first).answer(Operation.SEND, 2));
    assertThat(sent).hasSize(2);
    pass(TIMEOUT);
    assertThat(sent).hasSize(3);
    assertThat(part(last()).index()).isEqualTo(2);
    assertThat(data(part(last()))).isEqualTo(data(part(second)));
    assertThat(last().sequence()).isEqualTo(first.sequence() + 1);
    // The answer to the first of both counts as well.
    say(second, part(second).answer(Operation.SEND, 3));
    assertThat(part(last()).index()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      pass(TIMEOUT);
    }
    assertThat(sent).hasSize(6);
    assertThat(ends).containsExactly(End.TIMED_OUT);
    int of = first.sequence();
    assertThat(request.sequences())
        .as("sends that were not asked for")
        .containsExactly(of, of + 1, of + 2, of + 3);
  }

  // Verifies that the terminal's abort ends the sends, and that a word that contradicts is answered
  // by the sender's abort.
  @Test
  void abortsBothWays() {
    offer(request(Command.CONFIG_SET, bytes(3_000)));
    say(last(), part(last()).answer(Operation.ABORT_BY_RECEIVER, 1));
    assertThat(ends).containsExactly(End.TIMED_OUT);
    offer(request(Command.CONFIG_SET, bytes(3_000)));
    say(last(), part(last()).answer(Operation.SEND, 4));
    assertThat(part(last()).operation()).isEqualTo(Operation.ABORT_BY_SENDER);
    assertThat(ends).containsExactly(End.TIMED_OUT, End.TIMED_OUT);
  }

  // Verifies that no part leaves while the terminal waits for an answer itself.
  @Test
  void waitsForAnUnansweredUplink() {
    offer(request(Command.CONFIG_SET, bytes(3_000)));
    Frame first = last();
    serving = false;
    receive(trap());
    say(first, part(first).answer(Operation.SEND, 2));
    pass(1_000);
    assertThat(sent).hasSize(1);
  }

  // Verifies that a request of the terminal in parts counts as unanswered from its first part on,
  // for
  // 270 s and no longer.
  @Test
  void waitsForAnUplinkInParts() {
    Part first = new Segmenter(bytes(2_000), PART).part();
    FrameBuilder trap = FrameBuilder.request(RequestFrames.DIALECT, Command.CONFIG_TRAP)
        .serial(SampleTerminal.SERIAL)
        .sequence(upSequence++)
        .flags(WRAPPED)
        .digest();
    receive(RequestFrames.frame(
        RequestFrames.sign(trap.build(CODEC.write(first)), (int) STAMP, false)));
    assertThat(part(last()).operation()).isEqualTo(Operation.SEND);
    sent.clear();
    offer(request(Command.CONFIG_SET, bytes(3_000)));
    pass(268_000);
    assertThat(sent).isEmpty();
    pass(1_000);
    assertThat(sent).hasSize(1);
  }

  // Verifies that a request that is too long for the terminal in any form never leaves, and is told
  // which setting says so.
  @Test
  void refusesWhatDoesNotFit() {
    LongRequest set = request(Command.CONFIG_SET, bytes(10_241));
    offer(set);
    on.run(() -> downlink.cancel(set));
    receive(trap());
    offer(request(Command.REMOTE_CTRL, bytes(3_000)));
    assertThat(sent).isEmpty();
    assertThat(unfit)
        .containsExactly(
            "CONFIG_SET of a body of 10241 bytes is longer than maxBodyBytes of profile wmmp-3, 10240",
            "REMOTE_CTRL of 3048 bytes is longer than maxFrameBytes of profile wmmp-3, 3000");
  }

  // Verifies that the terminal's answer in parts is asked for part by part, again after silence,
  // and
  // reaches who asked in one piece.
  @Test
  void takesAnAnswerInParts() {
    offer(request(Command.CONFIG_GET, new byte[] {0, 0x11, 0, 0}));
    Frame asked = last();
    assertThat(asked.flags()).isEqualTo(0x20);
    byte[] answer = bytes(4_000);
    Segmenter terminal = new Segmenter(answer, PART);
    for (int index = 1; index < terminal.total(); index++) {
      say(asked, terminal.part());
      Part word = part(last());
      assertThat(last().command()).isEqualTo(asked.command());
      assertThat(last().sequence()).isEqualTo(asked.sequence());
      assertThat(word.operation()).isEqualTo(Operation.SEND);
      int before = sent.size();
      pass(TIMEOUT);
      assertThat(sent).hasSize(before + 1);
      assertThat(part(last()).index()).isEqualTo(word.index());
      say(asked, terminal.part());
      assertThat(terminal.told(part(last()))).isEqualTo(Segmenter.Step.NEXT);
    }
    assertThat(memory()).isPositive();
    int before = sent.size();
    say(asked, terminal.part());
    assertThat(acked).hasSize(1);
    assertThat(acked.get(0)).isEqualTo(answer);
    assertThat(sent).hasSize(before);
    assertThat(memory()).isZero();
    // Nobody waits for it any more.
    say(asked, new Segmenter(answer, PART).part());
    assertThat(sent).hasSize(before);
    assertThat(memory()).isZero();
  }

  // Verifies that a gap in the answer is answered by the receiver's abort, and ends the request.
  @Test
  void abortsAnAnswerWithAGap() {
    offer(request(Command.CONFIG_GET, new byte[] {0, 0x11, 0, 0}));
    Frame asked = last();
    Segmenter terminal = new Segmenter(bytes(4_000), PART);
    say(asked, terminal.part());
    terminal.told(terminal.part().answer(Operation.SEND, 2));
    terminal.told(terminal.part().answer(Operation.SEND, 3));
    say(asked, terminal.part());
    assertThat(part(last()).operation()).isEqualTo(Operation.ABORT_BY_RECEIVER);
    assertThat(ends).containsExactly(End.TIMED_OUT);
    assertThat(memory()).isZero();
  }

  // Verifies that a long answer of the platform leaves part by part as the terminal asks, that what
  // it asks for again comes again, and that its memory is given back with the next request.
  @Test
  void answersInParts() {
    Frame asked =
        RequestFrames.signed(RequestFrames.of(Command.CONFIG_REQ, upSequence++), (int) STAMP);
    receive(asked);
    byte[] answer = bytes(3_000);
    answer[0] = 0;
    on.run(() -> {
      Session session = downlink.resident().terminal().orElseThrow().confirmed().orElseThrow();
      on.its().reply(new Reply(origin, asked, asked.sequence(), answer, new Reply.Signed(session)));
    });
    settle();
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    Part part = part(last());
    assertThat(last().sequence()).isEqualTo(asked.sequence());
    while (part.index() < part.total()) {
      taken.writeBytes(data(part));
      ask(part.answer(Operation.SEND, part.index() + 1), asked.sequence());
      // Lost, and asked for again under a new sequence.
      ask(part.answer(Operation.SEND, part.index() + 1), upSequence++);
      assertThat(last().sequence()).isEqualTo(upSequence - 1);
      part = part(last());
    }
    taken.writeBytes(data(part));
    assertThat(taken.toByteArray()).isEqualTo(answer);
    assertThat(memory()).isEqualTo(3_000);
    receive(trap());
    assertThat(memory()).isZero();
    ask(part.answer(Operation.SEND, 2), upSequence++);
    assertThat(part(last()).operation()).isEqualTo(Operation.ABORT_BY_SENDER);
  }

  private void ask(Part word, int sequence) {
    FrameBuilder request = FrameBuilder.request(RequestFrames.DIALECT, Command.CONFIG_REQ)
        .serial(SampleTerminal.SERIAL)
        .sequence(sequence)
        .flags(WRAPPED)
        .digest();
    receive(RequestFrames.frame(
        RequestFrames.sign(request.build(CODEC.write(word)), (int) STAMP, false)));
  }
}
