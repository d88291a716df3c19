package io.m2mgate.command;

import io.m2mgate.bus.Request;
import io.m2mgate.session.Origin;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import io.m2mgate.wire.Segmenter;
import io.m2mgate.wire.Segmenter.Step;
import java.util.Optional;

/**
 * What leaves of one request in one session: itself or its current part, or the word that asks for the next part of its answer (wire
 * 6). Owned by the terminal's lane.
 */
final class Conversation {

  private final Request request;
  private Optional<Request> message = Optional.empty();
  private Optional<Request> word = Optional.empty();
  private Optional<Origin> sentTo = Optional.empty();

  Conversation(Request request) {
    this.request = request;
  }

  /** What leaves for there: the frame of the session, or the same without its protection where messages go (sms.md). */
  Request leaving(Origin to) {
    if (!to.bearer().equals(Origin.SMS)) {
      return word.orElse(request);
    }
    if (message.isEmpty() || message.get().sequence() != request.sequence()) {
      message = Optional.of(request.byMessage());
    }
    return message.get();
  }

  /** What leaves now is of parts, which short messages do not carry. */
  boolean onlyInSession() {
    return word.isPresent() || inParts();
  }

  /** It leaves for there. */
  void sentTo(Origin address) {
    sentTo = Optional.of(address);
  }

  /** There it was sent last. */
  boolean wasSentTo(Origin address) {
    return sentTo.filter(it -> it.equals(address)).isPresent();
  }

  /** What leaves is a part of the request. */
  boolean inParts() {
    return word.isEmpty() && request.parts().isPresent();
  }

  /** The current part leaves, under this sequence; anything else leaves as it was. */
  void goesOn(int sequence) {
    if (inParts()) {
      request.goesOn(sequence);
    }
  }

  void restart() {
    word = Optional.empty();
    request.parts().ifPresent(Segmenter::restart);
  }

  /** The answer comes in parts: this is to leave until the next one is there. */
  void says(Request next) {
    word = Optional.of(next);
  }

  /** What the terminal's word about the parts of the request means. */
  Step told(Part said) {
    Step step = request
        .parts()
        .map(cut -> cut.told(said))
        .orElse(said.operation() == Operation.SEND ? Step.AGAIN : Step.ABORTED);
    if (step != Step.AGAIN) {
      word = Optional.empty();
    }
    return step;
  }

  /** What tells the terminal that its word about the parts made no sense. */
  Part abort() {
    return request.parts().orElseThrow().abort();
  }
}
