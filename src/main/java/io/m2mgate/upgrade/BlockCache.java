package io.m2mgate.upgrade;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pages of files, shared by all lanes: what is in memory is had without waiting or a lock, the rest is read elsewhere, each page once
 * however many ask for it. The pages that nobody asked for since they were last looked at go first. May be used from any thread.
 */
public final class BlockCache {

  /** Bytes of a page; the last of a file is shorter. */
  public static final int PAGE = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(BlockCache.class);

  /** Files whose fault was told; then they are forgotten and may be told of again. */
  private static final int FAULTS = 1_000;

  private final PackageFiles files;
  private final long maxBytes;
  private final Function<Callable<byte[]>, CompletableFuture<byte[]>> elsewhere;
  private final Map<Key, Page> pages = new ConcurrentHashMap<>();
  private final Map<Key, CompletableFuture<byte[]>> loads = new ConcurrentHashMap<>();
  private final Map<String, Boolean> faults = new ConcurrentHashMap<>();
  private final Queue<Page> order = new ArrayDeque<>();
  private final Counter hits;
  private final Counter misses;
  private long bytes;

  private record Key(String sha256, int index) {}

  private static final class Page {
    private final Key key;
    private final byte[] content;
    private volatile boolean used;

    private Page(Key key, byte[] content) {
      this.key = key;
      this.content = content;
    }
  }

  /**
   * @param maxBytes of pages in memory; one page at least
   * @param elsewhere runs what blocks, not on an event loop, on a bounded number of threads
   */
  public BlockCache(
      PackageFiles files,
      long maxBytes,
      Function<Callable<byte[]>, CompletableFuture<byte[]>> elsewhere,
      MeterRegistry registry) {
    this.files = files;
    this.maxBytes = maxBytes;
    this.elsewhere = elsewhere;
    this.hits = counter(registry, "hit");
    this.misses = counter(registry, "miss");
    Gauge.builder("m2mgate_upgrade_cache_bytes", this, BlockCache::bytes)
        .description("Bytes of package files in memory")
        .strongReference(true)
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder("m2mgate_upgrade_cache")
        .description("Blocks of package files that were asked for, by whether they were in memory")
        .tag("result", result)
        .register(registry);
  }

  /**
   * The block if all of it is in memory.
   *
   * @param length at least 1, and all of it within the file
   */
  public Optional<Block> find(StoredFile file, long offset, int length) {
    int first = page(offset);
    int last = page(offset + length - 1);
    List<byte[]> found = new ArrayList<>(last - first + 1);
    for (int index = first; index <= last; index++) {
      Page page = pages.get(new Key(file.sha256(), index));
      if (page == null) {
        misses.increment();
        return Optional.empty();
      }
      if (!page.used) {
        page.used = true;
      }
      found.add(page.content);
    }
    hits.increment();
    return Optional.of(new Block(found, (int) (offset % PAGE), length));
  }

  /** The same, read where it is not in memory. Fails when the file is not there or not whole; completes on any thread. */
  public CompletableFuture<Block> load(StoredFile file, long offset, int length) {
    int first = page(offset);
    int last = page(offset + length - 1);
    CompletableFuture<List<byte[]>> all = CompletableFuture.completedFuture(List.of());
    for (int index = first; index <= last; index++) {
      all = all.thenCombine(page(file, index), BlockCache::with);
    }
    return all.thenApply(found -> new Block(found, (int) (offset % PAGE), length));
  }

  private static List<byte[]> with(List<byte[]> before, byte[] next) {
    List<byte[]> all = new ArrayList<>(before);
    all.add(next);
    return all;
  }

  private static int page(long offset) {
    return Math.toIntExact(offset / PAGE);
  }

  private CompletableFuture<byte[]> page(StoredFile file, int index) {
    Key key = new Key(file.sha256(), index);
    Page there = pages.get(key);
    if (there != null) {
      return CompletableFuture.completedFuture(there.content);
    }
    CompletableFuture<byte[]> mine = new CompletableFuture<>();
    CompletableFuture<byte[]> under = loads.putIfAbsent(key, mine);
    if (under != null) {
      return under;
    }
    elsewhere.apply(() -> read(file, key)).whenComplete((content, fault) -> {
      if (fault == null) {
        keep(new Page(key, content));
      }
      loads.remove(key);
      if (fault == null) {
        mine.complete(content);
      } else {
        mine.completeExceptionally(fault);
      }
    });
    return mine;
  }

  private byte[] read(StoredFile file, Key key) throws IOException {
    long from = (long) key.index() * PAGE;
    try {
      byte[] content = files.read(file, from, (int) Math.min(PAGE, file.size() - from));
      faults.remove(file.sha256());
      return content;
    } catch (IOException e) {
      tell(file, e);
      throw e;
    }
  }

  private void tell(StoredFile file, IOException fault) {
    if (faults.size() >= FAULTS) {
      faults.clear();
    }
    if (faults.put(file.sha256(), true) == null) {
      LOG.error("package file {} cannot be served: {}", file.sha256(), fault.toString());
    }
  }

  private synchronized void keep(Page fresh) {
    if (pages.putIfAbsent(fresh.key, fresh) != null) {
      return;
    }
    order.add(fresh);
    bytes += fresh.content.length;
    while (bytes > maxBytes && order.size() > 1) {
      Page oldest = order.remove();
      if (oldest.used && oldest != fresh) {
        oldest.used = false;
        order.add(oldest);
      } else {
        pages.remove(oldest.key);
        bytes -= oldest.content.length;
      }
    }
  }

  private synchronized long bytes() {
    return bytes;
  }
}
