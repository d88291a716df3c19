package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.CommandEffects.Shown;
import io.m2mgate.bus.LaneMetrics;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Uplink;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.Refusals;
import io.m2mgate.session.Profile.AckPolicy;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.CommitUnit.Outcome;
import io.vertx.core.Future;
import java.util.List;

/**
 * A handler of requests inside a session: takes the batches of its command and answers each request once, from memory or after the
 * commit that holds it (ground rules 1 and 4). One on each lane.
 */
abstract class UplinkVerticle extends LaneVerticle {

  private final Command command;

  UplinkVerticle(Command command) {
    this.command = command;
  }

  @Override
  protected final Future<?> open() {
    this.<UplinkBatch>consume(
        Addresses.command(lane().index(), command),
        batch -> batch.requests().forEach(this::guarded));
    opened();
    return Future.succeededFuture();
  }

  /** The lane is there, and no request has come. */
  protected void opened() {}

  private void guarded(Uplink uplink) {
    // As Lane.guard, without two closures for each request.
    try {
      handle(uplink);
    } catch (RuntimeException fault) {
      lane().failed(uplink.inbound(), fault);
      giveUp(uplink);
    }
  }

  /** A fault of ours ended the exchange. */
  protected void giveUp(Uplink uplink) {
    lane().done(uplink);
  }

  /** Serves one request; every way through it ends in one call of {@code answer}, {@code commitThenAnswer} or {@code refuse}. */
  protected abstract void handle(Uplink request);

  /** Answers from memory. */
  protected final void answer(Uplink uplink, int result, byte[] body) {
    uplink.request().done(result);
    send(uplink, body);
    lane().done(uplink);
  }

  /**
   * Answers from memory with a body that has room around it.
   *
   * @param label of the result in the metrics
   */
  protected final void answerInPlace(Uplink uplink, int result, byte[] body, String label) {
    uplink.request().done(result);
    send(uplink, body, label, new Reply.InPlace(uplink.session()));
    lane().done(uplink);
  }

  /** Answers with the command's refusal code, or not at all where it has none. */
  protected final void refuse(Uplink uplink) {
    uplink.request().done(uplink.command().refusal().orElse(0));
    Refusals.of(uplink).ifPresent(body -> send(uplink, body));
    lane().done(uplink);
  }

  /** Answers when the changes are durable, or at once where the profile asks for that. */
  protected final void commitThenAnswer(
      Uplink uplink, List<Change> changes, int result, byte[] body) {
    commitThenAnswer(uplink, changes, Shown.NOTHING, result, body);
  }

  /** @param shown what it shows of commands, durable together with the changes */
  protected final void commitThenAnswer(
      Uplink uplink, List<Change> changes, Shown shown, int result, byte[] body) {
    if (uplink.terminal().profile().ack() == AckPolicy.RECEIVED) {
      // The commit first: an answered terminal with nothing under way may move to another lane.
      commit(uplink, changes, shown, this::countLost);
      answer(uplink, result, body);
    } else {
      commitDurably(uplink, changes, shown, result, body, UplinkVerticle::nothing);
    }
  }

  /** @param stored what follows once they are durable */
  protected final void commitDurably(
      Uplink uplink, List<Change> changes, int result, byte[] body, Runnable stored) {
    commitDurably(uplink, changes, Shown.NOTHING, result, body, stored);
  }

  /** Answers when the changes are durable, whatever the profile asks for: not before is it known whether they can be. */
  private void commitDurably(
      Uplink uplink, List<Change> changes, Shown shown, int result, byte[] body, Runnable stored) {
    boolean again = uplink.request().stage() == RecentRequest.Stage.DONE;
    commit(uplink, changes, shown, outcome -> {
      committed(uplink, again, outcome, result, body);
      if (outcome == Outcome.COMMITTED) {
        stored.run();
      }
    });
  }

  private void commit(
      Uplink uplink, List<Change> changes, Shown shown, CommitUnit.Listener listener) {
    lane().commit(uplink.resident(), shown.before(changes), outcome -> {
      shown.told().done(outcome);
      if (outcome == Outcome.REJECTED && !shown.isNothing()) {
        // Somebody else ended the command.
        lane().commit(uplink.resident(), changes, listener);
      } else {
        listener.done(outcome);
      }
    });
  }

  private static void nothing() {}

  /** What the store keeps of the request, to know its copies after a restart. */
  protected static UplinkMark mark(Uplink uplink, int result) {
    RecentRequest request = uplink.request();
    return new UplinkMark(
        request.session(),
        uplink.inbound().frame().sequence(),
        request.hash(),
        result,
        request.acceptedMillis());
  }

  /** @param again it was answered before, and the answer is made again for a copy */
  private void committed(Uplink uplink, boolean again, Outcome outcome, int result, byte[] body) {
    RecentRequest request = uplink.request();
    // A copy may have been told of a refusal while this waited: then that was the answer.
    boolean open = again || request.stage() == RecentRequest.Stage.PENDING;
    if (outcome == Outcome.COMMITTED && open) {
      request.done(result);
      send(uplink, body);
    } else if (outcome == Outcome.UNAVAILABLE && open) {
      tellUnavailable(uplink);
    } else if (outcome == Outcome.REJECTED && open) {
      request.done(uplink.command().refusal().orElse(0));
      Refusals.of(uplink).ifPresent(refusal -> send(uplink, refusal));
    }
    lane().done(uplink);
  }

  /** What the request needs of the store could not be had. */
  protected final void unavailable(Uplink uplink) {
    if (uplink.request().stage() == RecentRequest.Stage.PENDING) {
      tellUnavailable(uplink);
    }
    lane().done(uplink);
  }

  private void tellUnavailable(Uplink uplink) {
    RecentRequest request = uplink.request();
    request.unserved();
    uplink.session().sequences().forget(uplink.inbound().frame().sequence());
    unserved(uplink);
    lane().dropped(uplink.inbound(), Drop.STORE_UNAVAILABLE);
    if (request.isToBeTold()) {
      Refusals.of(uplink).ifPresent(refusal -> send(uplink, refusal));
    }
  }

  /** The store did not take the request's changes: memory must not run ahead of it. */
  protected void unserved(Uplink uplink) {}

  private void countLost(Outcome outcome) {
    if (outcome != Outcome.COMMITTED) {
      lane().metrics().lostAfterAck();
    }
  }

  /** One ack, to the latest copy; none when that copy's time is over, for the next one gets it. */
  private void send(Uplink uplink, byte[] body) {
    Reply.Seal seal = command == Command.HEART_BEAT && !uplink.signed()
        ? Reply.UNSIGNED
        : new Reply.Signed(uplink.session());
    send(uplink, body, label(uplink, body), seal);
  }

  private void send(Uplink uplink, byte[] body, String label, Reply.Seal seal) {
    RecentRequest request = uplink.request();
    long waitedMillis = lane().nowMillis() - request.lastCopyMillis();
    if (waitedMillis > uplink.terminal().profile().terminalTimeoutMillis()) {
      lane().dropped(uplink.inbound(), Drop.ANSWER_LATE);
      return;
    }
    request.markAnswered();
    lane().metrics().answered(command.name(), label);
    lane()
        .reply(
            new Reply(request.origin(), uplink.inbound().frame(), request.sequence(), body, seal));
  }

  /** The result that an answer says, for the metrics. */
  protected String label(Uplink uplink, byte[] body) {
    boolean hasResult = body.length > 0 && !uplink.command().results().isEmpty();
    return hasResult ? LaneMetrics.result(uplink.command(), body) : "none";
  }
}
