package io.m2mgate.cli.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.m2mgate.store.CommitUnit.Outcome;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreOptions;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Step;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.sql.SqlStore;
import io.m2mgate.upgrade.PackageFiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;

/** A file that many terminals may fetch, put into the data of a gateway that does not run. The caller's thread. */
final class OfferedFile {
  private static final int MOST = 1_000_000;

  private OfferedFile() {}

  /**
   * Each of them was told of it, and has taken that.
   *
   * @param terminals their applications by their serials
   */
  static void offer(Path data, Optional<String> storeUrl, Map<String, String> terminals)
      throws IOException {
    byte[] content = new byte[Load.FILE_BYTES];
    new Random(1).nextBytes(content);
    String sha256 = sha256(content);
    Path file = new PackageFiles(data.resolve("packages")).of(sha256);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    List<Change> asked = new ArrayList<>();
    List<Change> told = new ArrayList<>();
    terminals.forEach((serial, app) -> {
      StoredCommand command = command(serial, app, asked.size(), sha256);
      asked.add(new Change.CreateCommand(command, MOST, MOST));
      told.add(new Change.StepCommand(
          serial,
          command.id(),
          new Step(State.ACKED, "", 1, 0, "tcp", 0, "", System.currentTimeMillis())));
    });
    String url = storeUrl.orElse("sqlite:" + data.resolve("m2mgate.db"));
    Vertx vertx = Vertx.vertx();
    try {
      SqlStore.open(vertx, StoreOptions.of(url, new SimpleMeterRegistry()))
          .compose(store ->
              write(store, asked).compose(done -> write(store, told)).eventually(store::close))
          .toCompletionStage()
          .toCompletableFuture()
          .get();
    } catch (ExecutionException e) {
      throw new IOException("the commands cannot be stored", e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static Future<Void> write(Store store, List<Change> changes) {
    Promise<Void> written = Promise.promise();
    List<CommitUnit> units = changes.stream()
        .map(change -> new CommitUnit(List.of(change), outcome -> {}))
        .toList();
    store.journal().append(new CommitBatch(units, done -> {
      if (done.units().stream().allMatch(unit -> unit.outcome() == Outcome.COMMITTED)) {
        written.complete();
      } else {
        written.fail("the store did not take them");
      }
    }));
    return written.future();
  }

  private static StoredCommand command(String serial, String app, int number, String sha256) {
    long now = System.currentTimeMillis();
    String body = new ObjectMapper()
        .createObjectNode()
        .put(CommandBody.TRANSACTION, Load.TRANSACTION)
        .put(CommandBody.SIZE, Load.FILE_BYTES)
        .put(CommandBody.SHA256, sha256)
        .put(CommandBody.URL, "WMMP://bench")
        .toString();
    return StoredCommand.asked(new Head(
        "%026d".formatted(number),
        serial,
        app,
        Type.UPGRADE,
        "platform",
        Mode.QUEUE,
        Wake.NONE,
        false,
        false,
        body,
        new byte[0],
        "",
        0,
        now,
        now + Duration.ofDays(1).toMillis()));
  }

  private static String sha256(byte[] of) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(of));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
