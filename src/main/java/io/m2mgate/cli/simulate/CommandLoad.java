package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.AdminClient.Answer;
import io.m2mgate.cli.simulate.CommandPlan.Side;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The application that asks for commands over HTTP at a rate, and follows all of them to their ends in the event log. Owned by its
 * event loop, but for {@link #run} and {@link #verdict}.
 */
final class CommandLoad extends VerticleBase {
  private static final long PACE_MILLIS = 5;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int AT_ONCE = 64;
  private static final int TRIES = 3;
  private static final int PAGE = 1_000;
  private static final int WAIT_SECONDS = 1;
  private static final long RETRY_MILLIS = 500;

  /** What asking and cancelling leave behind is not to be measured with what follows. */
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int OK = 200;
  private static final int ACCEPTED = 202;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;

  private final FleetOptions options;
  private final CommandPlan plan;
  private final Roster roster;
  private final Executions executions;
  private final int run;
  private final CommandVerdict verdict;
  private final Map<String, Integer> open = new HashMap<>();
  private final Map<String, JsonObject> early = new HashMap<>();
  private final Promise<Void> done = Promise.promise();
  private AdminClient client;
  private EventLog log;
  private long after;
  private int next;
  private int asking;
  private int openOfLiving;
  private final Deque<String> toCancel = new ArrayDeque<>();
  private int cancelledFor;
  private int settlesFor;
  private long settledNanos;
  private double tokens;
  private long lastPaceNanos;
  private long lastAskNanos;
  private boolean stopped;

  CommandLoad(
      FleetOptions options, CommandPlan plan, Roster roster, Executions executions, int run) {
    this.options = options;
    this.plan = plan;
    this.roster = roster;
    this.executions = executions;
    this.run = run;
    this.verdict = new CommandVerdict(plan, executions, options);
  }

  /** Done when the log's end is found: what this run makes happen is behind it. */
  @Override
  public Future<?> start() {
    client = new AdminClient(vertx, options.target());
    log = new EventLog(client, options.app(), "m2m.command.updated");
    return log.end().onSuccess(end -> after = end);
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return client.close();
  }

  /** Done when every command has ended, or should have long ago. Any thread. */
  Future<Void> run() {
    context.runOnContext(go -> {
      lastPaceNanos = System.nanoTime();
      lastAskNanos = lastPaceNanos;
      vertx.setPeriodic(PACE_MILLIS, this::pace);
      read();
    });
    return done.future();
  }

  /** What it found; only when it is over. */
  CommandVerdict verdict() {
    return verdict;
  }

  // Asking

  private void pace(long timer) {
    if (stopped || done.future().isComplete()) {
      vertx.cancelTimer(timer);
      return;
    }
    long now = System.nanoTime();
    double rate = options.commands().ratePerSecond();
    tokens =
        Math.min(tokens + (now - lastPaceNanos) / NANOS_PER_SECOND * rate, Math.max(1, rate / 10));
    lastPaceNanos = now;
    while (tokens >= 1 && mayAsk(now)) {
      tokens--;
      lastAskNanos = now;
      ask(next++, TRIES);
    }
    long patience = options.commands().expiresIn().toNanos() + PATIENCE_NANOS;
    boolean asked = next == plan.count() && asking == 0;
    if (asked && open.isEmpty() || now - lastAskNanos >= patience) {
      verdict.roundOver();
      verdict.left(open.size());
      done.tryComplete();
    }
  }

  private boolean mayAsk(long now) {
    return next < plan.count() && asking < AT_ONCE && (!plan.begins(next) || mayBegin(now));
  }

  private boolean mayBegin(long now) {
    cancelSome(now);
    if (asking > 0 || openOfLiving > 0) {
      return false;
    }
    verdict.roundOver();
    Side side = plan.side(next);
    if (side == Side.WITHOUT && !open.isEmpty()) {
      if (cancelledFor != next) {
        cancelledFor = next;
        toCancel.addAll(open.keySet());
      }
      return false;
    }
    if (side != Side.WITHOUT && side != Side.BESIDE) {
      return true;
    }
    if (settlesFor != next) {
      settlesFor = next;
      settledNanos = now + SETTLE_NANOS;
    }
    return now - settledNanos >= 0;
  }

  private void cancelSome(long now) {
    while (!toCancel.isEmpty() && asking < AT_ONCE) {
      lastAskNanos = now;
      cancel(toCancel.remove());
    }
  }

  private void cancel(String id) {
    asking++;
    client.delete("/v1/commands/" + id).onComplete(answer -> {
      asking--;
      boolean over = answer.succeeded()
          && (answer.result().status() == OK || answer.result().status() == CONFLICT);
      if (!over && !stopped) {
        vertx.setTimer(RETRY_MILLIS, again -> toCancel.add(id));
      }
    });
  }

  private void ask(int number, int tries) {
    asking++;
    AskedKind kind = plan.kind(number);
    String serial =
        new String(roster.keys(plan.terminal(number)).serial(), StandardCharsets.US_ASCII);
    String confirm = kind == AskedKind.READDRESS ? "?confirm=reachability" : "";
    JsonObject body = kind.members(number, executions)
        .put("type", kind.type())
        .put(
            "delivery",
            new JsonObject().put("expiresIn", options.commands().expiresIn().toString()));
    client
        .post(
            "/v1/terminals/" + serial + "/commands" + confirm,
            body,
            "sim-" + Integer.toHexString(run) + "-" + number)
        .onComplete(answer -> {
          asking--;
          if (answer.succeeded()) {
            answered(number, answer.result());
          } else if (tries > 1 && !stopped) {
            vertx.setTimer(RETRY_MILLIS, again -> ask(number, tries - 1));
            return;
          } else {
            verdict.refused(String.valueOf(answer.cause().getMessage()));
          }
          if (asking == 0) {
            early.clear();
          }
        });
  }

  private void answered(int number, Answer answer) {
    if (answer.status() == TOO_MANY && plan.isForDead(number)) {
      return;
    }
    if (answer.status() != OK && answer.status() != ACCEPTED) {
      verdict.refused(answer.text());
      return;
    }
    verdict.asked(number);
    String id = new JsonObject(answer.body()).getString("id");
    JsonObject ended = early.remove(id);
    if (ended == null) {
      open.put(id, number);
      openOfLiving += plan.isForDead(number) ? 0 : 1;
    } else {
      verdict.ended(number, ended);
    }
  }

  // Following

  private void read() {
    if (stopped || done.future().isComplete()) {
      return;
    }
    log.pull(after, PAGE, WAIT_SECONDS).onComplete(answer -> {
      if (answer.succeeded() && answer.result().status() == OK) {
        accept(new JsonObject(answer.result().body()));
        read();
      } else if (!stopped) {
        vertx.setTimer(RETRY_MILLIS, again -> read());
      }
    });
  }

  private void accept(JsonObject page) {
    JsonArray events = page.getJsonArray("events");
    for (int i = 0; i < events.size(); i++) {
      JsonObject command = events.getJsonObject(i).getJsonObject("data");
      if (command.getJsonObject("times").getString("finished") != null) {
        Integer number = open.remove(command.getString("id"));
        if (number != null) {
          openOfLiving -= plan.isForDead(number) ? 0 : 1;
          verdict.ended(number, command);
        } else if (asking > 0) {
          early.put(command.getString("id"), command);
        }
      }
    }
    after = page.getLong("next");
  }
}
