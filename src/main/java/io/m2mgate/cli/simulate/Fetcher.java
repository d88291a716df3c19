package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.CodeTable;
import io.m2mgate.dictionary.Command;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * The download of one terminal: fetches what it was told of block by block, goes on where it stood, verifies what came and installs it
 * (5.3.8). It keeps no byte of the file. Owned by the terminal's event loop.
 */
final class Fetcher {
  private static final int[] ODD_SIZES = {1, 799, 8_191, 60_000};
  private static final int ONE_IN_AHEAD = 4;
  private static final long NOWHERE = 0xFFFF_FFFFL;
  private static final String START = "start";
  private static final String CONTINUE = "continue";
  private static final String FINISHED = "finished";
  private static final String ABORTED = "aborted";
  private static final String RETURNS = "platformConfigChanged";

  private final Shard shard;
  private final FrameForge forge;
  private final TerminalModel model;
  private final Set<Quirk> quirks;
  private final SplittableRandom random;
  private final Exchange exchange = new Exchange();
  private final CRC32 crc32 = new CRC32();
  private Optional<Announced> file = Optional.empty();
  private boolean fetching;
  private boolean installing;
  private long installsAtNanos;
  private long offset;
  private long turningPoint;
  private boolean rebooted;
  private long askedAt;
  private int askedBytes;
  private int blocks;
  private boolean turn;

  Fetcher(Shard shard, Making making) {
    this.shard = shard;
    this.forge = shard.forge();
    this.model = making.model();
    this.quirks = making.quirks();
    this.random = making.random();
  }

  /** It waits for a block. */
  boolean isOpen() {
    return exchange.open;
  }

  Exchange exchange() {
    return exchange;
  }

  /** It has something to ask for, and the load has begun something since it did so. */
  boolean hasTurn() {
    return fetching && turn;
  }

  /** The load begins something. */
  void givesWay() {
    turn = true;
  }

  /** What it waits for is asked for over another connection. */
  void resume(Control control, long now) {
    if (exchange.open) {
      transmit(control, now);
    }
  }

  void connectionLost() {
    exchange.sendsOnConnection = 0;
  }

  /**
   * The platform tells of a file; it is fetched from its beginning, whatever was fetched before.
   *
   * @return the name of the result
   */
  String announced(byte[] url) {
    Optional<Announced> told = Announced.parse(url);
    DownloadTally tally = shard.tally().downloads;
    if (told.isEmpty()) {
      tally.notUnderstood++;
      return "urlNotUnderstood";
    }
    boolean again = fetching && told.get().transaction() == file.orElseThrow().transaction();
    tally.announced++;
    tally.announcedAgain += again ? 1 : 0;
    file = told;
    fetching = true;
    installing = false;
    exchange.open = false;
    offset = 0;
    crc32.reset();
    rebooted = false;
    turningPoint = (long) (told.get().size() * random.nextDouble(0.2, 0.8));
    return "accepted";
  }

  /** Asks for the next block where there is one to be asked for. */
  void begin(Control control, long now) {
    if (!fetching || exchange.open) {
      return;
    }
    if (quirks.contains(Quirk.GIVES_UP) && offset >= turningPoint) {
      shard.tally().downloads.gaveUp++;
      end(ABORTED, control);
      return;
    }
    turn = false;
    askedAt = offset;
    askedBytes = shard.rollout().blockBytes();
    if (quirks.contains(Quirk.ODD_SIZES)) {
      askedBytes = ODD_SIZES[random.nextInt(ODD_SIZES.length)];
      boolean ahead = random.nextInt(ONE_IN_AHEAD) == 0;
      askedAt += ahead ? random.nextLong(file.orElseThrow().size() - offset) : 0;
    }
    DownloadTally tally = shard.tally().downloads;
    tally.firstNanos = Math.min(tally.firstNanos, now);
    exchange.begin(blocks++, now);
    transmit(control, now);
  }

  void transmit(Control control, long now) {
    int sequence = control.sequenceFor(exchange);
    forge.fileRequest(
        control.seal(),
        sequence,
        file.orElseThrow().transaction(),
        askedAt == 0 ? START : CONTINUE,
        askedAt,
        askedBytes);
    exchange.sent(sequence, now);
  }

  /**
   * An answer that was verified and opened.
   *
   * @return it reboots now
   */
  boolean answered(int sequence, Control control, long now) {
    if (!exchange.answeredBy(sequence)) {
      shard.tally().strayAcks += fetching ? 1 : 0;
      return false;
    }
    exchange.open = false;
    DownloadTally tally = shard.tally().downloads;
    FileBlock block = shard.platform().fileBlock();
    CodeTable results = forge.results(Command.FILE_REQ);
    if (!results.success(block.result())) {
      tally.refused(block.result());
      fetching = false;
      return false;
    }
    if (!isAsked(block)) {
      tally.badBlocks++;
      end(ABORTED, control);
      return false;
    }
    tally.lastNanos = now;
    tally.blocks++;
    tally.bytes += block.length();
    if (block.offset() == offset) {
      crc32.update(block.bytes(), block.from(), block.length());
      offset += block.length();
    }
    if (offset == file.orElseThrow().size()) {
      finish(control, now);
    }
    return reboots();
  }

  private boolean isAsked(FileBlock block) {
    Announced of = file.orElseThrow();
    return block.sound()
        && block.transaction() == of.transaction()
        && block.offset() == askedAt
        && block.length() == Math.min(askedBytes, of.size() - askedAt);
  }

  private void finish(Control control, long now) {
    boolean right = file.orElseThrow()
        .crc32()
        .filter(told -> told != (int) crc32.getValue())
        .isEmpty();
    if (!right) {
      shard.tally().downloads.corrupt++;
      end(ABORTED, control);
      return;
    }
    shard.tally().downloads.whole++;
    end(FINISHED, control);
    installing = true;
    installsAtNanos = now + shard.rollout().installDelay().toNanos();
  }

  /** Its last word on the file, to which no answer is expected. */
  private void end(String status, Control control) {
    fetching = false;
    forge.fileRequest(
        control.seal(),
        control.nextSequence(),
        file.orElseThrow().transaction(),
        status,
        NOWHERE,
        0);
  }

  private boolean reboots() {
    boolean now = quirks.contains(Quirk.REBOOTS_MID_DOWNLOAD)
        && fetching
        && !rebooted
        && offset >= turningPoint;
    rebooted |= now;
    shard.tally().downloads.reboots += now ? 1 : 0;
    return now;
  }

  /** Until {@link #tick} does something. */
  long waitNanos(long now) {
    return installing ? installsAtNanos - now : Patience.FOREVER;
  }

  /** Installs what it has when it is time; gives how it comes back with it. */
  Optional<Deed> tick(long now) {
    if (!installing || now - installsAtNanos < 0) {
      return Optional.empty();
    }
    installing = false;
    if (!quirks.contains(Quirk.LIES_ABOUT_VERSION)) {
      model.install(file.orElseThrow().version());
    }
    return Optional.of(new Deed.Return(RETURNS));
  }
}
