package io.m2mgate.cli.simulate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.function.IntFunction;

/** Sends the records of very many terminals in one request, by the line, while it reads the answer. Owned by one event loop. */
final class RecordImport {
  private static final int LINES_AT_ONCE = 256;

  /** A terminal that is there and differs is used as it is, as where it is made alone. */
  private static final String HARMLESS = "urn:m2mgate:problem:already-exists";

  private final IntFunction<JsonObject> record;
  private final int count;
  private final Promise<Void> done = Promise.promise();
  private int sent;
  private String fault = "";

  RecordImport(IntFunction<JsonObject> record, int count) {
    this.record = record;
    this.count = count;
  }

  /** Fails when a record cannot be taken, or the gateway stops. */
  Future<Void> send(HttpClientRequest request) {
    request.setChunked(true).exceptionHandler(done::tryFail);
    request.response().onComplete(this::answered, done::tryFail);
    request.drainHandler(drained -> goOn(request));
    goOn(request);
    return done.future();
  }

  private void goOn(HttpClientRequest request) {
    while (sent < count && !request.writeQueueFull()) {
      Buffer lines = Buffer.buffer();
      int end = Math.min(count, sent + LINES_AT_ONCE);
      for (; sent < end; sent++) {
        lines.appendBuffer(record.apply(sent).toBuffer()).appendByte((byte) '\n');
      }
      request.write(lines).onFailure(done::tryFail);
      if (sent == count) {
        request.end();
      }
    }
  }

  private void answered(HttpClientResponse response) {
    response.exceptionHandler(done::tryFail);
    if (response.statusCode() != 200) {
      response
          .body()
          .onComplete(
              body -> done.tryFail("the gateway answered " + response.statusCode() + " " + body),
              done::tryFail);
      return;
    }
    RecordParser.newDelimited("\n", response)
        .endHandler(end -> done.tryFail("the answer ended without its summary"))
        .handler(line -> said(new JsonObject(line)));
  }

  private void said(JsonObject word) {
    if (!word.containsKey("line")) {
      if (fault.isEmpty() && word.getBoolean("complete", false)) {
        done.tryComplete();
      } else {
        done.tryFail("not all terminals were taken: " + (fault.isEmpty() ? word : fault));
      }
    } else if (fault.isEmpty() && !HARMLESS.equals(word.getString("type"))) {
      fault = word.encode();
    }
  }
}
