package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.FileAsked;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.RecentRequest.Stage;
import io.m2mgate.session.Resident;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.upgrade.Block;
import io.m2mgate.upgrade.BlockCache;
import io.m2mgate.upgrade.ByteRate;
import io.m2mgate.wire.MalformedFrame;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.AsyncResult;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FILE_REQ: the blocks of a file that the terminal was told of, in whatever order it asks for them, at once where they are in memory
 * (clause 5.3.8). A request that must wait gives back what it holds of the lane.
 */
public final class FileReqVerticle extends UplinkVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(FileReqVerticle.class);
  private static final long PACE_MILLIS = 10;
  private static final String OK = "ok";

  /** The same for what is another's, over, or not to be had. */
  private static final String UNKNOWN = "transactionUnknown";

  private final CommandStore store;
  private final BlockCache cache;
  private final ByteRate rate;
  private final FileOptions options;
  private final FileAnswers answers = new FileAnswers();
  private final Map<Resident, Integer> waitingOf = new IdentityHashMap<>();
  private Offers offers;
  private FilePace pace;
  private Counter blocks;
  private Counter bytes;
  private int waiting;
  private boolean ticks;

  /**
   * @param cache shared by all lanes
   * @param rate of all lanes together
   */
  public FileReqVerticle(CommandStore store, BlockCache cache, ByteRate rate, FileOptions options) {
    super(Command.FILE_REQ);
    this.store = store;
    this.cache = cache;
    this.rate = rate;
    this.options = options;
  }

  @Override
  protected void opened() {
    offers = new Offers(lane(), context, store, options.terminals(), options.lookMillis());
    pace = new FilePace(rate, options.terminalBytesPerSecond(), options.terminals());
    blocks = lane().metrics().counter("m2mgate_upgrade_blocks", "Blocks of files to terminals");
    bytes = lane().metrics().counter("m2mgate_upgrade_bytes", "Bytes of files to terminals");
    lane()
        .metrics()
        .gauge(
            "m2mgate_upgrade_waiting",
            "Requests for blocks that wait for their turn, for the store or for the disk",
            lane(),
            () -> waiting);
    this.<StoredCommand>consume(Addresses.commandEnded(), offers::ended);
  }

  @Override
  protected void handle(Uplink uplink) {
    uplink.terminal().recent().askedForFile(uplink.inbound().receivedMillis());
    FileRequest asked;
    try {
      asked = FileRequest.read(uplink);
    } catch (MalformedFrame e) {
      refuse(uplink);
      return;
    }
    FileExchange exchange = new FileExchange(uplink, asked, lane().nowMillis());
    Optional<Offer> offer = offers.find(uplink.resident(), asked.transaction());
    if (offer.isPresent()) {
      begin(exchange, offer.get());
    } else if (waits(exchange)) {
      offers
          .look(uplink.resident(), asked.transaction())
          .onComplete(looked -> goOn(exchange, () -> looked(exchange, looked)));
    }
  }

  private void looked(FileExchange exchange, AsyncResult<Optional<Offer>> looked) {
    if (looked.failed()) {
      LOG.warn("terminal {}: {}", exchange.resident().serial(), looked.cause().getMessage());
      unavailable(exchange.uplink());
      over(exchange);
    } else if (looked.result().isPresent()) {
      begin(exchange, looked.result().get());
    } else {
      answer(exchange, UNKNOWN);
    }
  }

  private void begin(FileExchange exchange, Offer offer) {
    FileRequest asked = exchange.asked();
    if (asked.isWord()) {
      answer(exchange, OK);
      tell(exchange);
    } else if (offer.file().isEmpty()) {
      answer(exchange, UNKNOWN);
    } else if (asked.offset() >= offer.file().get().size()) {
      answer(exchange, "offsetInvalid");
      tell(exchange);
    } else if (asked.length() < 1 || asked.length() > options.maxBlockBytes()) {
      answer(exchange, "sizeInvalid");
      tell(exchange);
    } else {
      exchange.gets(offer.file().get());
      if (pace.pass(exchange, lane().nowMillis())) {
        serve(exchange);
      } else if (waits(exchange)) {
        pace.add(exchange);
        tickInTime();
      }
    }
  }

  private void serve(FileExchange exchange) {
    long offset = exchange.asked().offset();
    Optional<Block> block = cache.find(exchange.file(), offset, exchange.length());
    if (block.isPresent()) {
      answer(exchange, block.get());
    } else if (waits(exchange)) {
      cache
          .load(exchange.file(), offset, exchange.length())
          .whenComplete((loaded, fault) -> context.runOnContext(nothing -> goOn(exchange, () -> {
            if (fault == null) {
              answer(exchange, loaded);
            } else {
              answer(exchange, UNKNOWN);
            }
          })));
    }
  }

  private void answer(FileExchange exchange, Block block) {
    answer(exchange, OK, block);
    blocks.increment();
    bytes.increment(block.length());
    tell(exchange);
  }

  private void answer(FileExchange exchange, String result) {
    answer(exchange, result, Block.EMPTY);
  }

  private void answer(FileExchange exchange, String result, Block block) {
    Uplink uplink = exchange.uplink();
    int code = uplink.command().results().code(result);
    answerInPlace(uplink, code, answers.of(uplink, exchange.asked(), code, block), result);
    over(exchange);
  }

  /** Tells whose command it is that the file is asked for. */
  private void tell(FileExchange exchange) {
    FileRequest asked = exchange.asked();
    boolean gave = exchange.length() > 0;
    lane()
        .send(
            Addresses.fileAsked(lane().index()),
            new FileAsked(
                exchange.resident(),
                asked.transaction(),
                asked.step(),
                gave ? asked.offset() : 0,
                exchange.length(),
                lane().nowMillis()));
  }

  // Waiting

  /** True when it may wait, and then it holds nothing of the lane; else it gets no answer. */
  private boolean waits(FileExchange exchange) {
    if (exchange.waits()) {
      return true;
    }
    Resident resident = exchange.resident();
    int its = waitingOf.getOrDefault(resident, 0);
    if (waiting >= options.waiting() || its >= options.waitingPerTerminal()) {
      giveUp(exchange);
      return false;
    }
    exchange.waits(true);
    waiting++;
    waitingOf.put(resident, its + 1);
    resident.hold();
    lane().done(exchange.uplink());
    return true;
  }

  /** What it waited for is there. */
  private void goOn(FileExchange exchange, Runnable part) {
    if (!exchange.isWanted()) {
      over(exchange);
    } else if (lane().nowMillis() - exchange.sinceMillis() > options.waitMillis()) {
      giveUp(exchange);
    } else {
      lane().guard(exchange.uplink().inbound(), () -> over(exchange), part);
    }
  }

  /** It gets no answer; its next copy is a new request. */
  private void giveUp(FileExchange exchange) {
    Uplink uplink = exchange.uplink();
    if (uplink.request().stage() == Stage.PENDING) {
      uplink.request().unserved();
      uplink.session().sequences().forget(uplink.inbound().frame().sequence());
    }
    lane().dropped(uplink.inbound(), Drop.FILE_WAITING);
    lane().done(uplink);
    over(exchange);
  }

  /** It is through, one way or another. */
  private void over(FileExchange exchange) {
    if (!exchange.waits()) {
      return;
    }
    exchange.waits(false);
    waiting--;
    Resident resident = exchange.resident();
    waitingOf.computeIfPresent(resident, (its, count) -> count == 1 ? null : count - 1);
    resident.unhold();
    resident.answered(lane().nowMillis());
    lane().settle(resident);
  }

  private void tickInTime() {
    if (!ticks && !pace.isEmpty()) {
      ticks = true;
      vertx.setTimer(PACE_MILLIS, timer -> tick());
    }
  }

  private void tick() {
    ticks = false;
    long now = lane().nowMillis();
    pace.late(now - options.waitMillis()).forEach(this::giveUp);
    pace.due(now).forEach(exchange -> goOn(exchange, () -> serve(exchange)));
    tickInTime();
  }

  @Override
  protected String label(Uplink uplink, byte[] body) {
    return "refused";
  }
}
