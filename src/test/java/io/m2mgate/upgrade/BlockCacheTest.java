package io.m2mgate.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockCacheTest {
  private static final String NAME = "ab".repeat(32);
  private static final int SIZE = 3 * BlockCache.PAGE + 17;

  private record Read(Callable<byte[]> what, CompletableFuture<byte[]> done) {}

  @TempDir
  private Path root;

  private final Queue<Read> reads = new ArrayDeque<>();
  private final byte[] content = new byte[SIZE];
  private final StoredFile file = new StoredFile(NAME, SIZE);
  private PackageFiles files;
  private BlockCache cache;
  private int readsDone;

  @BeforeEach
  void write() throws IOException {
    new Random(3).nextBytes(content);
    files = new PackageFiles(root);
    Files.createDirectories(files.of(NAME).getParent());
    Files.write(files.of(NAME), content);
    cache = cache(10 * BlockCache.PAGE);
  }

  private BlockCache cache(long maxBytes) {
    return new BlockCache(
        files,
        maxBytes,
        read -> {
          CompletableFuture<byte[]> done = new CompletableFuture<>();
          reads.add(new Read(read, done));
          return done;
        },
        new SimpleMeterRegistry());
  }

  private void readAll() {
    for (Read next = reads.poll(); next != null; next = reads.poll()) {
      readsDone++;
      try {
        next.done().complete(next.what().call());
      } catch (Exception e) {
        next.done().completeExceptionally(e);
      }
    }
  }

  private void assertBlock(Block block, int offset, int length) {
    byte[] to = new byte[length + 2];
    block.copyTo(to, 1);
    assertThat(Arrays.copyOfRange(to, 1, length + 1))
        .isEqualTo(Arrays.copyOfRange(content, offset, offset + length));
  }

  // Verifies that a page is read once however many ask for it, also over its bounds, and is in
  // memory
  // then.
  @Test
  void readsOnce() {
    int offset = BlockCache.PAGE - 100;
    assertThat(cache.find(file, offset, 200)).isEmpty();
    CompletableFuture<Block> one = cache.load(file, offset, 200);
    CompletableFuture<Block> other = cache.load(file, offset, 50);
    assertThat(one).isNotDone();
    readAll();
    assertThat(readsDone).isEqualTo(2);
    assertBlock(one.join(), offset, 200);
    assertBlock(other.join(), offset, 50);
    assertBlock(cache.find(file, offset + 1, 150).orElseThrow(), offset + 1, 150);
    CompletableFuture<Block> last = cache.load(file, SIZE - 17, 17);
    readAll();
    assertBlock(last.join(), SIZE - 17, 17);
    assertBlock(cache.find(file, SIZE - 17, 17).orElseThrow(), SIZE - 17, 17);
  }

  // Verifies that memory holds no more than it may, and keeps what is asked for again.
  @Test
  void keepsWhatIsUsed() {
    cache = cache(2L * BlockCache.PAGE);
    for (int page = 0; page < 3; page++) {
      cache.load(file, (long) page * BlockCache.PAGE, 1);
      readAll();
      assertThat(cache.find(file, 0, 1)).as("the page that is used").isPresent();
    }
    assertThat(cache.find(file, BlockCache.PAGE, 1)).isEmpty();
    assertThat(cache.find(file, 2L * BlockCache.PAGE, 1)).isPresent();
  }

  // Verifies that a file which is missing or of another size fails, and is read again when it is
  // asked for again.
  @Test
  void failsAndRecovers() throws IOException {
    Files.write(files.of(NAME), Arrays.copyOf(content, SIZE - 1));
    CompletableFuture<Block> shorter = cache.load(file, 0, 1);
    readAll();
    assertThatThrownBy(shorter::join)
        .isInstanceOf(CompletionException.class)
        .hasRootCauseInstanceOf(IOException.class);
    Files.delete(files.of(NAME));
    CompletableFuture<Block> missing = cache.load(file, 0, 1);
    readAll();
    assertThat(missing).isCompletedExceptionally();
    Files.write(files.of(NAME), content);
    CompletableFuture<Block> whole = cache.load(file, 0, 10);
    readAll();
    assertBlock(whole.join(), 0, 10);
  }

  // Verifies that only names of files name files.
  @Test
  void namesOnly() {
    assertThat(files.of(NAME)).isEqualTo(root.resolve("ab").resolve(NAME));
    assertThatThrownBy(() -> files.of("../" + NAME)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> files.of("")).isInstanceOf(IllegalArgumentException.class);
  }

  // Verifies that bytes go no faster than they may, and that what was too much is made up for.
  @Test
  void keepsTheRate() {
    ByteRate rate = new ByteRate(1_000, 0);
    assertThat(rate.open(0)).isTrue();
    rate.take(1_100, 0);
    assertThat(rate.open(0)).isFalse();
    assertThat(rate.open(1_000)).isFalse();
    assertThat(rate.open(1_001)).isTrue();
    assertThat(new ByteRate(0, 0).open(0)).isTrue();
  }
}
