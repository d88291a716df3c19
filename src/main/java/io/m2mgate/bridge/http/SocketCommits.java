package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Later;
import io.m2mgate.store.ConsumerStore;
import io.vertx.core.Context;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Owns the commits of one socket: one at a time is written, and those that come meanwhile are one. Lives on the event loop of its
 * connection.
 */
final class SocketCommits {

  private final Context context;
  private final ConsumerStore store;
  private final String app;
  private final String name;
  private final LongConsumer done;
  private final Consumer<Throwable> failed;
  private long asked;
  private long durable = -1;
  private boolean writing;

  /**
   * @param done told of an offset once everything up to it is durable
   * @param failed told what the store said
   */
  SocketCommits(
      Context context,
      ConsumerStore store,
      String app,
      String name,
      LongConsumer done,
      Consumer<Throwable> failed) {
    this.context = context;
    this.store = store;
    this.app = app;
    this.name = name;
    this.done = done;
    this.failed = failed;
  }

  void commit(long offset) {
    asked = Math.max(asked, offset);
    if (asked <= durable) {
      done.accept(durable);
    } else if (!writing) {
      write();
    }
  }

  private void write() {
    writing = true;
    long offset = asked;
    Later.on(context, store.commit(app, name, offset)).onComplete(written -> {
      writing = false;
      if (written.failed()) {
        failed.accept(written.cause());
        return;
      }
      durable = offset;
      done.accept(offset);
      if (asked > durable) {
        write();
      }
    });
  }
}
