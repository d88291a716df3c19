package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.AdminClient.Answer;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** The event log of one application, narrowed to one type of event. Used on the event loop of its client. */
final class EventLog {
  private static final int OK = 200;
  private static final int BEHIND_THE_END = 422;

  private final AdminClient client;
  private final String app;
  private final String type;

  EventLog(AdminClient client, String app, String type) {
    this.client = client;
    this.app = app;
    this.type = type;
  }

  /** The offset of the last event that there is. */
  Future<Long> end() {
    Promise<Long> found = Promise.promise();
    seek(0, 1, found);
    return found.future();
  }

  /** The log's end lies at {@code within} or behind, and before {@code beyond} once a pull there was refused. */
  private void seek(long within, long beyond, Promise<Long> found) {
    pull(beyond, 1, 0)
        .onComplete(
            answer -> {
              if (answer.status() == OK) {
                seek(beyond, beyond * 2, found);
              } else if (answer.status() == BEHIND_THE_END) {
                halve(within, beyond, found);
              } else {
                found.fail("the event log cannot be read: " + answer.text());
              }
            },
            found::fail);
  }

  private void halve(long within, long beyond, Promise<Long> found) {
    if (beyond - within <= 1) {
      found.complete(within);
      return;
    }
    long middle = within + (beyond - within) / 2;
    pull(middle, 1, 0)
        .onComplete(
            answer -> {
              boolean inside = answer.status() == OK;
              halve(inside ? middle : within, inside ? beyond : middle, found);
            },
            found::fail);
  }

  /** A page behind an offset; waits so long for an answer with something in it. */
  Future<Answer> pull(long offset, int limit, int waitSeconds) {
    String path =
        "/v1/events?app=" + app + "&types=" + type + "&limit=" + limit + "&after=" + offset;
    return client.get(path, waitSeconds);
  }
}
