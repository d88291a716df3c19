package io.m2mgate.upgrade;

import io.m2mgate.dictionary.Crc16Def;
import io.m2mgate.store.PackageStore;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredPackage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes packages in and lets go of their files (clause 5.3.8). Nothing of it runs on an event loop but its futures, which complete on
 * the context that asked. Safe for any thread.
 */
public final class Packages {
  private static final Logger LOG = LoggerFactory.getLogger(Packages.class);
  private static final int PAIRS = 256;
  private static final long LET_GO_MILLIS = TimeUnit.MINUTES.toMillis(10);

  /** A file that no package names is kept so long: its package may be about to be created. */
  private static final long YOUNG_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final Vertx vertx;
  private final PackageStore store;
  private final PackageFiles files;
  private final Crc16Def crc16;
  private final Limits limits;
  private final InstantSource clock;
  private final AtomicInteger uploads = new AtomicInteger();

  /**
   * @param maxBytes of a package
   * @param uploads that may be under way at once
   */
  public record Limits(long maxBytes, int uploads) {}

  /** @param crc16 the default dialect's */
  public Packages(
      Vertx vertx,
      PackageStore store,
      PackageFiles files,
      Crc16Def crc16,
      Limits limits,
      InstantSource clock) {
    this.vertx = vertx;
    this.store = store;
    this.files = files;
    this.crc16 = crc16;
    this.limits = limits;
    this.clock = clock;
  }

  /** Makes the directory ready, and looks for files to let go from time to time. */
  public Future<Void> open() {
    return blocking(() -> {
          files.open();
          return null;
        })
        .<Void>mapEmpty()
        .onSuccess(done -> vertx.setPeriodic(LET_GO_MILLIS, timer -> letGo()));
  }

  public Limits limits() {
    return limits;
  }

  /** Where the file of a package is that does not lie elsewhere. */
  public Path file(StoredPackage stored) {
    return files.of(stored.sha256());
  }

  /** An upload begins; empty when as many as may be are under way. */
  public Optional<Future<Upload>> begin() {
    if (uploads.incrementAndGet() > limits.uploads()) {
      uploads.decrementAndGet();
      return Optional.empty();
    }
    return Optional.of(blocking(() -> new Upload(new IncomingFile(files, crc16)))
        .onFailure(cause -> uploads.decrementAndGet()));
  }

  /** One file on its way in. Its pieces come one after the other, each when the one before is written. */
  public final class Upload {
    private final IncomingFile file;
    private boolean over; // used where it was asked for, on one event loop

    private Upload(IncomingFile file) {
      this.file = file;
    }

    public Future<Void> add(Buffer piece) {
      return blocking(() -> {
        file.add(piece.getBytes());
        return null;
      });
    }

    /**
     * It is whole: its file gets its name.
     *
     * @param expected SHA-256 in lower-case hex digits that it must have; empty for any
     */
    public Future<PackageContent> end(Optional<String> expected) {
      return blocking(() -> {
            PackageContent content = file.content();
            if (expected.filter(sha256 -> !sha256.equals(content.sha256())).isPresent()) {
              throw new OtherContent(content.sha256());
            }
            return file.keep();
          })
          .onSuccess(kept -> finish());
    }

    /** Nothing is left of it; does nothing after its end. */
    public void abandon() {
      if (!over) {
        finish();
        blocking(() -> {
              file.abandon();
              return null;
            })
            .onFailure(cause -> LOG.warn("an unfinished package stays: {}", cause.getMessage()));
      }
    }

    private void finish() {
      over = true;
      uploads.decrementAndGet();
    }
  }

  /** What came is not what was said to come; without a stack trace. */
  public static final class OtherContent extends RuntimeException {
    OtherContent(String sha256) {
      super("its SHA-256 is " + sha256, null, false, false);
    }
  }

  /** Removes the files that no package names any more. */
  Future<Void> letGo() {
    Future<Void> chain = Future.succeededFuture();
    for (int i = 0; i < PAIRS; i++) {
      String pair = String.format("%02x", i);
      chain = chain.compose(done -> letGo(pair));
    }
    return chain.onFailure(
        cause -> LOG.warn("files of packages are looked at later: {}", cause.getMessage()));
  }

  private Future<Void> letGo(String pair) {
    Instant before = clock.instant().minusMillis(YOUNG_MILLIS);
    return blocking(() -> files.olderThan(pair, before))
        .compose(old -> old.isEmpty()
            ? Future.succeededFuture()
            : store.files(old).compose(used -> remove(old, used, before)));
  }

  private Future<Void> remove(Set<String> old, Set<String> used, Instant before) {
    Set<String> unused = new HashSet<>(old);
    unused.removeAll(used);
    return blocking(() -> {
      for (String sha256 : unused) {
        if (files.removeIfOlder(sha256, before)) {
          LOG.info("the file {} of a deleted package is removed", sha256);
        }
      }
      return null;
    });
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return vertx.executeBlocking(
        () -> {
          try {
            return work.call();
          } catch (IOException e) {
            LOG.warn("the directory of packages: {}", e.toString());
            throw new StoreFault(StoreFault.Kind.UNAVAILABLE, "packages", e.toString());
          }
        },
        false);
  }
}
