package io.m2mgate.net;

import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.session.Inbound;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/**
 * One short message of a terminal, until its frame is finished with and what answers it was taken by the centre: then the message is
 * acknowledged, or left with the centre to come again. Terminals repeat none (sms.md). Owned by one lane.
 */
final class MessageExchange {

  private final Vertx vertx;
  private final Promise<Void> taken;
  private final long answerMillis;
  private final boolean wantsAnswer;
  private Runnable whenOver = () -> {};
  private int answersUnderWay;
  private boolean answered;
  private boolean completed;
  private boolean again;

  /**
   * @param taken told of the end
   * @param answerMillis how long after its frame is finished with an answer is waited for
   * @param wantsAnswer the frame is a request
   */
  MessageExchange(Vertx vertx, Promise<Void> taken, long answerMillis, boolean wantsAnswer) {
    this.vertx = vertx;
    this.taken = taken;
    this.answerMillis = answerMillis;
    this.wantsAnswer = wantsAnswer;
  }

  void whenOver(Runnable told) {
    whenOver = told;
  }

  /** Its frame is finished with. */
  void completed(Inbound frame) {
    completed = true;
    again |= !frame.served();
    if (again || !wantsAnswer || answered) {
      endIfIdle();
    } else {
      vertx.setTimer(answerMillis, timer -> endIfIdle());
    }
  }

  /** An answer goes to the centre. */
  void answering() {
    answered = true;
    answersUnderWay++;
  }

  /** The centre has it. */
  void sent() {
    answersUnderWay--;
    endIfIdle();
  }

  /** One that is refused for good would be refused again. */
  void unsent(Throwable cause) {
    again |= !(cause instanceof ShortMessageFault fault)
        || fault.kind() != ShortMessageFault.Kind.REFUSED;
    sent();
  }

  private void endIfIdle() {
    if (!completed || answersUnderWay > 0) {
      return;
    }
    whenOver.run();
    if (again) {
      taken.tryFail(
          new ShortMessageFault(ShortMessageFault.Kind.LATER, "the frame was not served"));
    } else {
      taken.tryComplete();
    }
  }
}
