package io.m2mgate.sms;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageLink;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Short messages as files in a directory, for tests and for whoever has no centre and carries them by hand. Its files are read and
 * written on one worker thread.
 */
final class FileLink implements ShortMessageLink {

  private static final Logger LOG = LoggerFactory.getLogger(FileLink.class);
  private static final int AT_A_TIME = 100;

  private final Vertx vertx;
  private final MessageFiles files;
  private final long pollMillis;
  private final WorkerExecutor worker;
  /** Names whose messages are being taken. */
  private final Set<String> inWork = ConcurrentHashMap.newKeySet();

  private volatile Receiver receiver;
  private volatile boolean closed;
  private volatile long timer;

  FileLink(Vertx vertx, MessageFiles files, long pollMillis) {
    this.vertx = vertx;
    this.files = files;
    this.pollMillis = pollMillis;
    this.worker = vertx.createSharedWorkerExecutor("m2mgate-sms-file", 1);
  }

  @Override
  public Future<Void> open(Receiver told) {
    receiver = told;
    return look();
  }

  @Override
  public Future<String> send(ShortMessage message) {
    return blocking(() -> files.write(message)).transform(done -> {
      if (done.failed()) {
        String reason = "the outbox cannot be written: " + done.cause().getMessage();
        return Future.failedFuture(new ShortMessageFault(Kind.LATER, reason));
      }
      return done.result().isEmpty()
          ? Future.failedFuture(
              new ShortMessageFault(Kind.LATER, "the outbox is full (sms.file.keep)"))
          : Future.succeededFuture(done.result());
    });
  }

  /** One look into the inbox; the next one follows when it is over. */
  private Future<Void> look() {
    return blocking(this::arrived)
        .onSuccess(arrived -> {
          receiver.state(true, "");
          arrived.forEach(this::hand);
        })
        .onFailure(cause -> receiver.state(false, cause.toString()))
        .transform(done -> {
          if (!closed) {
            timer = vertx.setTimer(pollMillis, again -> look());
          }
          return Future.succeededFuture();
        });
  }

  /** What is new, in the order of the names; what is no message is put aside. */
  private Map<String, ReceivedShortMessage> arrived() throws IOException {
    files.open();
    files.prune();
    Map<String, ReceivedShortMessage> fresh = new LinkedHashMap<>();
    for (String name : files.arrived(AT_A_TIME)) {
      if (inWork.contains(name)) {
        continue;
      }
      try {
        fresh.put(name, files.read(name));
        inWork.add(name);
      } catch (NoSuchFileException gone) {
        LOG.debug("{} was taken away", name);
      } catch (IllegalArgumentException e) {
        files.unreadable(name, e.getMessage());
        LOG.warn("no short message in {}: {}", name, e.getMessage());
      }
    }
    return fresh;
  }

  private void hand(String name, ReceivedShortMessage message) {
    receiver
        .message(message)
        .compose(taken -> blocking(() -> {
          files.taken(name);
          return name;
        }))
        .onFailure(cause -> LOG.debug("{} stays in the inbox: {}", name, cause.getMessage()))
        .onComplete(done -> inWork.remove(name));
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return worker.executeBlocking(work);
  }

  @Override
  public Future<Void> close() {
    closed = true;
    vertx.cancelTimer(timer);
    return worker.close();
  }
}
