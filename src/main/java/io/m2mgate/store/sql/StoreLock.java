package io.m2mgate.store.sql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that a process uses a SQLite store, beside others or alone, by a lock on a file beside it. The system lets go of it with the
 * process, however that ends; the file itself means nothing.
 */
final class StoreLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreLock.class);

  /** Each user of this process locks a byte of its own: a process cannot lock one twice, not even shared. */
  private static final AtomicLong NEXT = new AtomicLong();

  private static final Set<StandardOpenOption> OPTIONS =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Empty while somebody has the store alone. */
  static Optional<StoreLock> shared(Path database) throws IOException {
    return take(database, NEXT.getAndIncrement(), 1, true);
  }

  /** Empty while anybody uses the store. */
  static Optional<StoreLock> alone(Path database) throws IOException {
    return take(database, 0, Long.MAX_VALUE, false);
  }

  private static Optional<StoreLock> take(Path database, long at, long size, boolean shared)
      throws IOException {
    Path file = database.resolveSibling(database.getFileName() + "-lock");
    FileChannel channel = FileChannel.open(
        file,
        OPTIONS,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      FileLock lock = channel.tryLock(at, size, shared);
      if (lock != null) {
        return Optional.of(new StoreLock(channel));
      }
    } catch (OverlappingFileLockException e) {
      LOG.debug("the store {} is in use by this very process", database, e);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
