package io.m2mgate.ops;

import io.m2mgate.config.MasterKeyFile;
import io.m2mgate.config.Settings;
import io.m2mgate.security.Rekeying;
import io.m2mgate.security.SecretBox;
import io.m2mgate.store.Resealing;
import io.m2mgate.store.sql.SqlResealing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Goes over everything sealed in a store that it holds alone; blocks the one thread that uses it. */
public final class MasterKeyChange implements AutoCloseable {

  private final Vertx vertx;
  private final Resealing store;
  private final MasterKeyFile keys;
  private final int batch;

  private MasterKeyChange(Vertx vertx, Resealing store, MasterKeyFile keys, int batch) {
    this.vertx = vertx;
    this.store = store;
    this.keys = keys;
    this.batch = batch;
  }

  /** Fails while a gateway uses the store. */
  public static MasterKeyChange open(Settings settings, int batch) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      Resealing store = await(
          SqlResealing.open(vertx, GatewayOptions.store(settings, new SimpleMeterRegistry())));
      return new MasterKeyChange(vertx, store, MasterKeyFile.of(settings), batch);
    } catch (IOException e) {
      await(vertx.close());
      throw e;
    }
  }

  /**
   * Shows every sealed value to both keys.
   *
   * @param prepared the new key is on disk or to be put there; otherwise nothing is under a new key
   * @param newKey where the new key is to be taken from
   * @param progress told after each batch that changed something
   */
  public Rekeying pass(
      Rekeying.Mode mode, boolean prepared, Optional<Path> newKey, Consumer<String> progress)
      throws IOException {
    SecretBox before = new SecretBox(keys.read(), new SecureRandom());
    SecretBox after =
        new SecretBox(prepared ? keys.prepare(newKey) : nobodys(), new SecureRandom());
    Rekeying rekeying = new Rekeying(before, after, mode);
    for (String place : store.places()) {
      long changed = 0;
      Optional<String> last = Optional.of("");
      while (last.isPresent()) {
        Resealing.Batch done = await(store.next(place, last.get(), batch, rekeying));
        last = done.last();
        changed += done.changed();
        if (done.changed() > 0) {
          progress.accept(place + ": " + changed + " rows sealed under the new key");
        }
      }
    }
    return rekeying;
  }

  /** A key that nothing was ever sealed under. */
  private static byte[] nobodys() {
    byte[] key = new byte[MasterKeyFile.KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static <T> T await(Future<T> future) throws IOException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    await(store.close());
    await(vertx.close());
  }
}
