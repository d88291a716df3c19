package io.m2mgate.command;

import io.m2mgate.bus.Lane;
import io.m2mgate.bus.SecurityReported;
import io.m2mgate.session.Resident;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoredCommand.State;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.OptionalInt;

/**
 * What security reports confirm of commands. A confirmed binding is stored first, then the command's end, then the report that showed
 * it: whatever is cut off in between, the terminal repeats the report, and everything is found or done again (5.4.1). Used on the
 * lane's thread.
 */
final class SimConfirmations {

  private final Lane lane;
  private final Context context;
  private final SecurityStore store;

  SimConfirmations(Lane lane, Context context, SecurityStore store) {
    this.lane = lane;
    this.context = context;
    this.store = store;
  }

  /** @param open the terminal's commands, in the order in which they were asked */
  void confirm(Collection<CommandRequest> open, SecurityReported report) {
    Future<Void> all = Future.succeededFuture();
    for (CommandRequest request : open) {
      all = all.compose(before -> confirm(request, report));
    }
    all.onComplete(done -> {
      if (done.failed()) {
        report.seen().completeExceptionally(done.cause());
      } else {
        report.seen().complete(null);
      }
    });
  }

  private Future<Void> confirm(CommandRequest request, SecurityReported report) {
    return request
        .judge(report)
        .map(outcome -> {
          OptionalInt mode = outcome.state() == State.SUCCEEDED
              ? request.work().simBinding()
              : OptionalInt.empty();
          return bind(request.resident(), mode).onSuccess(bound -> {
            if (!request.over()) {
              request.takeEnd(outcome);
            }
          });
        })
        .orElseGet(Future::succeededFuture);
  }

  /** Completes on the lane. */
  private Future<Void> bind(Resident resident, OptionalInt mode) {
    if (mode.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    resident.begin();
    store
        .simBinding(resident.serial(), mode.getAsInt())
        .onComplete(stored -> context.runOnContext(nothing -> {
          resident.end();
          if (stored.succeeded()) {
            done.complete();
          } else {
            done.fail(stored.cause());
          }
          lane.settle(resident);
        }));
    return done.future();
  }
}
