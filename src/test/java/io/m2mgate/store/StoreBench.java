package io.m2mgate.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.CipherKind;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.ApplicationStore.ApiKeyHash;
import io.m2mgate.store.ApplicationStore.Application;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/** What store tests say often, said shortly. Stateless. */
public final class StoreBench {
  private static final int SECONDS = 30;
  private static final int BATCH = 500;

  private StoreBench() {}

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  public static StoreFault refused(Future<?> future) {
    try {
      await(future);
    } catch (StoreFault fault) {
      return fault;
    }
    throw new AssertionError("expected a refusal");
  }

  public static String serial(int number) {
    return String.format("T%015d", number);
  }

  public static TerminalRecord terminal(int number, String app) {
    return new TerminalRecord(
        serial(number),
        String.format("86%013d", number),
        Optional.of(String.format("460%012d", number)),
        app,
        "standard",
        Optional.of("138" + number),
        true,
        1_000,
        1_000,
        1);
  }

  public static void application(Store store, String code) {
    await(store
        .applications()
        .create(
            new Application(code, "Name of " + code, Set.of("read", "write"), true, 5),
            new ApiKeyHash("key-" + code, "hash-" + code, 5)));
  }

  public static void provision(Store store, String app, int from, int to) {
    for (int i = from; i < to; i++) {
      await(store.terminals().create(terminal(i, app), SealedSecrets.NONE));
    }
  }

  /** The same of many at a time. */
  public static void provisionMany(Store store, String app, int from, int to) {
    TerminalPatch none = new TerminalPatch(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
    for (int start = from; start < to; start += BATCH) {
      await(store
          .terminals()
          .provision(IntStream.range(start, Math.min(to, start + BATCH))
              .mapToObj(i -> new Provision(
                  terminal(i, app), SealedSecrets.NONE, none, same -> true, false, false))
              .toList()));
    }
  }

  public static Change.AppendEvent event(String app, String serial, String dataJson) {
    return new Change.AppendEvent(app, serial, "m2m.data.up", 1_000, dataJson, UplinkMark.NONE);
  }

  public static Change.AppendEvent marked(String app, String serial, int sequence) {
    return new Change.AppendEvent(
        app,
        serial,
        "m2m.data.up",
        1_000 + sequence,
        "{\"n\":" + sequence + "}",
        new UplinkMark(4_000_000_000L, sequence, -77L * sequence, 0, 1_000 + sequence));
  }

  public static CommitUnit unit(Change... changes) {
    return new CommitUnit(List.of(changes), outcome -> {});
  }

  /** Hands a batch over; the future is done when the journal says so. */
  public static CompletableFuture<CommitBatch> append(Store store, CommitUnit... units) {
    CompletableFuture<CommitBatch> done = new CompletableFuture<>();
    store.journal().append(new CommitBatch(List.of(units), batch -> {
      if (!done.complete(batch)) {
        throw new AssertionError("told twice");
      }
    }));
    return done;
  }

  public static List<CommitUnit.Outcome> outcomes(CompletableFuture<CommitBatch> batch) {
    try {
      return batch.get(SECONDS, TimeUnit.SECONDS).units().stream()
          .map(CommitUnit::outcome)
          .toList();
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  public static void committed(Store store, Change... changes) {
    assertThat(outcomes(append(store, unit(changes))))
        .containsExactly(CommitUnit.Outcome.COMMITTED);
  }

  public static EventLog.EventPage page(Store store, String app, long after, int limit) {
    return await(store
        .events()
        .read(new EventLog.EventQuery(app, after, limit, 1 << 20, Set.of(), Set.of())));
  }

  public static SessionState session(long timestamp, boolean online) {
    return new SessionState(
        timestamp,
        Optional.of(new SessionToken(
            timestamp,
            true,
            -5,
            11,
            0,
            0,
            false,
            Optional.of(new SealedKey(CipherKind.SM4, "c2VhbGVk", 0xFFFFFFFFL)))),
        List.of(
            new SessionToken(timestamp - 1, false, 6, 12, 0, 0, false),
            new SessionToken(timestamp - 2, false, 7, 13, 0, 0, false)),
        Optional.of(new SessionToken(timestamp - 3, false, 8, 14, 15, 0, false)),
        online,
        false,
        99,
        "{\"cell\":\"1\"}");
  }
}
