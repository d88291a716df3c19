package io.m2mgate.sms;

import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageLink;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A link whose centre does what a test says. */
final class ScriptedLink implements ShortMessageLink {

  final List<ShortMessage> sent = new CopyOnWriteArrayList<>();
  final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile Function<ShortMessage, Future<String>> answers =
      message -> Future.succeededFuture("id-" + message.to());
  private volatile Receiver receiver;
  volatile boolean closed;

  /** What the centre answers from now on. */
  void answer(Function<ShortMessage, Future<String>> by) {
    answers = by;
  }

  void answer(Kind kind) {
    answer(message -> Future.failedFuture(new ShortMessageFault(kind, "as told")));
  }

  /** Answers nothing until the promise is kept. */
  Promise<String> hold() {
    Promise<String> held = Promise.promise();
    answer(message -> held.future());
    return held;
  }

  Receiver receiver() {
    return receiver;
  }

  @Override
  public Future<Void> open(Receiver told) {
    receiver = told;
    told.state(true, "");
    return Future.succeededFuture();
  }

  @Override
  public Future<String> send(ShortMessage message) {
    sent.add(message);
    most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
    return answers.apply(message).andThen(done -> underWay.decrementAndGet());
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.succeededFuture();
  }
}
