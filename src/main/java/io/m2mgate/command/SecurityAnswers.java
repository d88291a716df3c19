package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;

/** What the result of a SECURITY_CONFIG_ACK makes of a command. Stateless. */
final class SecurityAnswers {

  private SecurityAnswers() {}

  /** @param good the state after a yes; a no is a rejection, with the names of the tags that are at fault */
  static CommandOutcome of(Ack ack, Dialect dialect, State good) throws MalformedFrame {
    Body body = ack.body();
    CodeTable results = ack.command().results();
    if (results.success(body.result())) {
      return CommandOutcome.answer(good, results, body.result());
    }
    CommandOutcome refused = CommandOutcome.answer(State.REJECTED, results, body.result());
    var tags = ReadWork.tagsOf(body);
    if (!tags.isEmpty()) {
      var names = refused.result().putArray("bad");
      tags.forEach(tag -> names.add(dialect.tlv(tag).name()));
    }
    return refused;
  }
}
