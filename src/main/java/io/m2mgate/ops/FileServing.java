package io.m2mgate.ops;

import io.m2mgate.bus.Lanes;
import io.m2mgate.command.FileReqVerticle;
import io.m2mgate.config.Settings;
import io.m2mgate.store.CommandStore;
import io.m2mgate.upgrade.BlockCache;
import io.m2mgate.upgrade.ByteRate;
import io.m2mgate.upgrade.PackageFiles;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;

/** Puts what serves package files on the lanes: one memory for all, and threads that read. Stateless. */
final class FileServing {

  /** Of the data directory. */
  private static final String FOLDER = "packages";

  private static final String THREADS = "m2mgate-files";

  private FileServing() {}

  /** The files of packages in this data directory. */
  static PackageFiles files(Path dataDir) {
    return new PackageFiles(dataDir.resolve(FOLDER));
  }

  static Future<Void> deploy(
      Vertx vertx, Lanes on, Settings settings, CommandStore commands, MeterRegistry registry) {
    WorkerExecutor readers =
        vertx.createSharedWorkerExecutor(THREADS, settings.upgrades().readers());
    BlockCache cache = new BlockCache(
        files(settings.data().dir()),
        settings.upgrades().cacheBytes(),
        read -> readers.executeBlocking(read, false).toCompletionStage().toCompletableFuture(),
        registry);
    ByteRate rate = new ByteRate(settings.upgrades().bytesPerSecond(), System.currentTimeMillis());
    return on.deploy(
        "file-req",
        () ->
            new FileReqVerticle(commands, cache, rate, GatewayOptions.files(settings, on.count())));
  }
}
