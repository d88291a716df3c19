package io.m2mgate.security;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.OutboundBatch;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.ReplyBatch;
import io.m2mgate.bus.Request;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.bus.TerminalsChanged;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Segments;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoredTerminal;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Between the bearers and the handlers: finds the terminal of a frame, lets through what is its own, and seals what goes out. One
 * on each lane.
 */
public final class SecurityVerticle extends LaneVerticle implements ResidentLoader.Outcome {

  private static final Logger LOG = LoggerFactory.getLogger(SecurityVerticle.class);

  private static final int NO_LANE = -1;

  /** How often a changed record is read before the change is said to have failed. */
  private static final int RENEWALS = 5;

  private static final long RENEWAL_PAUSE_MILLIS = 1000;

  /** How often the store is told again what it did not take of settled secrets, and asked for what it did not give. */
  private static final long RETRY_MILLIS = 5000;

  /** How often keys of sessions that are over are looked for. */
  private static final long SWEEP_MILLIS = 5000;

  /** Terminals that are read again at once. */
  private static final int RETRIED = 100;

  private final SecurityOptions options;
  private final SecretBox box;
  private final SecurityStore store;
  private final UnknownSerials unknown = new UnknownSerials();
  private final Map<Integer, List<Inbound>> elsewhere = new HashMap<>();
  private final Outgoing outgoing = new Outgoing();
  private TerminalAssembly assembly;
  private ResidentLoader loader;
  private FrameSealer sealer;
  private PartedAnswers answers;
  private Gate gate;
  private FrameTap tap;
  private Settlements settlements;
  private Renewals renewals;
  private final Set<String> unread = new LinkedHashSet<>();

  public SecurityVerticle(SecurityOptions options, SecretBox box, SecurityStore store) {
    this.options = options;
    this.box = box;
    this.store = store;
  }

  @Override
  protected Future<?> open() {
    var services = lane().services();
    DigestProof proofs = new DigestProof();
    assembly = new TerminalAssembly(
        box, services.profiles(), services.dictionary(), options.startedMillis());
    loader = new ResidentLoader(lane(), context, assembly, options.pendingLoads());
    BodyCiphers keys = new BodyCiphers(new SecureRandom(), options.cipherSchedules());
    lane()
        .metrics()
        .gauge("m2mgate_lane_cipher_keys", "Triple DES keys kept ready", lane(), keys::keysReady);
    lane()
        .metrics()
        .gauge(
            "m2mgate_lane_terminals_loading",
            "Terminals that are being read from the store",
            lane(),
            loader::pending);
    vertx.setPeriodic(SWEEP_MILLIS, timer -> keys.sweep());
    SessionCiphers ciphers = new SessionCiphers(keys, lane().metrics());
    sealer = new FrameSealer(services.dictionary(), proofs, ciphers);
    Parts parts = new Parts(options.segments());
    answers = new PartedAnswers(lane(), sealer, parts);
    renewals = new Renewals(
        vertx,
        context,
        RENEWALS,
        RENEWAL_PAUSE_MILLIS,
        serial -> loader.read(List.of(serial)).map(found -> Optional.ofNullable(found.get(serial))),
        this::read,
        lane()::settle);
    settlements = new Settlements(lane(), context, store, box, this::renew);
    FrameSecurity security = new FrameSecurity(proofs, ciphers, parts);
    tap = new FrameTap(lane(), security, ciphers);
    gate = new Gate(
        lane(),
        security,
        new PartedAcks(parts, ciphers),
        assembly,
        settlements,
        new KeyWarnings(lane(), options.sessionKeyBlocks()),
        tap);
    vertx.setPeriodic(RETRY_MILLIS, timer -> retry());
    int index = lane().index();
    this.<InboundBatch>consume(Addresses.inbound(index), this::inbound);
    this.<ReplyBatch>consume(Addresses.replies(index), this::replies);
    this.<Request.Sending>consume(Addresses.request(index), this::request);
    this.<Resident>consume(Addresses.released(index), this::released);
    this.<Terminal>consume(Addresses.adopted(index), this::adopted);
    this.<TerminalChanged>consume(Addresses.changed(index), this::changed);
    this.<TerminalsChanged>consume(Addresses.changedMany(index), this::changedMany);
    this.<String>consume(Addresses.visit(index), this::visit);
    return Future.succeededFuture();
  }

  private void inbound(InboundBatch batch) {
    for (Inbound in : batch.frames()) {
      String serial = in.frame().serial();
      if (!in.frame().serialValid()) {
        drop(in, Drop.BAD_SERIAL);
      } else if (!in.frame().versionKnown()) {
        drop(in, Drop.BAD_VERSION);
      } else {
        Optional<Resident> here = lane().terminals().find(serial);
        if (here.isPresent()) {
          take(in, here.get());
        } else {
          claim(serial, in).ifPresent(resident -> take(in, resident));
        }
      }
    }
    endPass();
  }

  private void take(Inbound in, Resident resident) {
    if (!resident.blocked() && !resident.hasWaiting()
        || resident.takesBeats() && gate.isBeat(in, resident)) {
      lane().guard(in, () -> lane().done(in), () -> gate.serve(in, resident));
    } else if (!resident.await(in)) {
      drop(in, Drop.WAITING_FULL);
    }
  }

  /** A place for a terminal that this lane does not have; empty when the frame is another lane's or nobody's. */
  private Optional<Resident> claim(String serial, Inbound in) {
    int index = lane().index();
    int owner = lane().services().locator().claim(serial, index);
    if (owner == index) {
      return Optional.of(lane().terminals().place(serial));
    }
    if (owner != TerminalLocator.CLAIMED) {
      elsewhere.computeIfAbsent(owner, lane -> new ArrayList<>()).add(in);
      return Optional.empty();
    }
    if (unknown.has(serial, lane().nowMillis())) {
      lane().services().locator().release(serial, index);
      gate.stranger(in);
      return Optional.empty();
    }
    Resident placed = lane().terminals().place(serial);
    if (!loader.want(placed)) {
      forget(placed);
      drop(in, Drop.LOADING_FULL);
      return Optional.empty();
    }
    return Optional.of(placed);
  }

  private void endPass() {
    gate.flush();
    loader.load(this);
    if (!elsewhere.isEmpty()) {
      elsewhere.forEach(
          (owner, frames) -> lane().send(Addresses.inbound(owner), new InboundBatch(frames)));
      elsewhere.clear();
    }
  }

  @Override
  public void loaded(Resident resident) {
    settlements.settle(resident);
    gate.tellPending(resident, false);
    drain(resident);
  }

  @Override
  public void unknown(Resident resident) {
    unknown.add(resident.serial(), lane().nowMillis());
    forget(resident);
    for (var next = resident.nextAbandoned(); next.isPresent(); next = resident.nextAbandoned()) {
      gate.stranger(next.get());
    }
    gate.flush();
  }

  @Override
  public void failed(Resident resident) {
    forget(resident);
    for (var next = resident.nextAbandoned(); next.isPresent(); next = resident.nextAbandoned()) {
      drop(next.get(), Drop.STORE_UNAVAILABLE);
    }
  }

  private void forget(Resident resident) {
    resident.terminal().flatMap(Terminal::segments).ifPresent(Segments::drop);
    if (lane().terminals().find(resident.serial()).filter(it -> it == resident).isPresent()) {
      lane().terminals().remove(resident);
      lane().services().locator().release(resident.serial(), lane().index());
    }
  }

  private void drain(Resident resident) {
    for (var next = resident.nextWaiting(); next.isPresent(); next = resident.nextWaiting()) {
      Inbound in = next.get();
      lane().guard(in, () -> lane().done(in), () -> gate.serve(in, resident));
    }
    gate.flush();
    lane().settle(resident);
  }

  private void released(Resident resident) {
    resident.lower();
    drain(resident);
  }

  /** A terminal moves here from another lane; frames that came ahead of it wait in its place. */
  private void adopted(Terminal terminal) {
    Resident resident = lane()
        .terminals()
        .find(terminal.serial())
        .orElseGet(() -> lane().terminals().place(terminal.serial()));
    resident.arrived(terminal);
    resident.commandsOpen(true);
    // Where it was, it may have been answered just now.
    resident.answered(lane().nowMillis());
    if (resident.takeStale()) {
      renew(resident);
    }
    settlements.settle(resident);
    gate.tellPending(resident, false);
    drain(resident);
  }

  /** Its record changed in the store: what is in memory is read again before the change counts as seen. */
  private void changed(TerminalChanged change) {
    unknown.forget(change.serial());
    int index = lane().index();
    Optional<Resident> here = lane().terminals().find(change.serial());
    if (here.isEmpty()) {
      int owner = lane().services().locator().laneOf(change.serial(), NO_LANE);
      if (owner == index) {
        here = Optional.of(lane().terminals().place(change.serial()));
      } else if (owner != NO_LANE) {
        // It may have moved there since that lane was told.
        lane().send(Addresses.changed(owner), change);
        return;
      }
    }
    if (here.isPresent() && here.get().terminal().isPresent()) {
      renew(here.get()).onComplete(done -> {
        if (done.succeeded()) {
          change.seen().complete(null);
        } else {
          change.seen().completeExceptionally(done.cause());
        }
      });
    } else {
      here.ifPresent(Resident::markStale);
      change.seen().complete(null);
    }
  }

  private void changedMany(TerminalsChanged change) {
    List<CompletableFuture<Void>> seen = new ArrayList<>(change.serials().size());
    for (String serial : change.serials()) {
      CompletableFuture<Void> one = new CompletableFuture<>();
      seen.add(one);
      changed(new TerminalChanged(serial, one));
    }
    CompletableFuture.allOf(seen.toArray(CompletableFuture[]::new)).whenComplete((all, failure) -> {
      if (failure == null) {
        change.seen().complete(null);
      } else {
        change.seen().completeExceptionally(failure);
      }
    });
  }

  private void read(Resident resident, Optional<StoredTerminal> found) {
    if (found.isPresent()) {
      resident.terminal().ifPresent(it -> assembly.renew(it, found.get()));
      resident.commandsOpen(resident.commandsOpen() || found.get().commandsOpen());
    } else {
      unknown(resident);
    }
    gate.tellPending(resident, false);
  }

  private Future<Void> renew(Resident resident) {
    return renewals
        .renew(resident)
        .onSuccess(done -> unread.remove(resident.serial()))
        .onFailure(cause -> {
          LOG.warn("terminal {}: {}", resident.serial(), cause.getMessage());
          unread.add(resident.serial());
        });
  }

  /** A terminal that went on with what it was before a change could be locked out by it: the change is read when it can be. */
  private void retry() {
    settlements.retry();
    List<String> again = unread.stream().limit(RETRIED).toList();
    again.forEach(unread::remove);
    again.forEach(serial -> changed(new TerminalChanged(serial, new CompletableFuture<>())));
  }

  /** Brings a terminal into memory without a frame of it, so that its silence is noticed. */
  private void visit(String serial) {
    if (lane().terminals().find(serial).isEmpty()
        && lane().services().locator().claim(serial, lane().index()) == TerminalLocator.CLAIMED) {
      Resident placed = lane().terminals().place(serial);
      if (!loader.want(placed)) {
        forget(placed);
      }
      loader.load(this);
    }
  }

  private void replies(ReplyBatch batch) {
    for (Reply reply : batch.replies()) {
      if (reply.origin().open()) {
        byte[] frame = answers.seal(reply);
        tap.sent(reply, frame);
        outgoing.add(reply.origin(), frame);
      }
    }
    outgoing.flush((address, frames) -> lane().send(address, new OutboundBatch(frames)));
  }

  private void request(Request.Sending sending) {
    Origin to = sending.to();
    if (to.open()) {
      byte[] frame = sealer.seal(sending.request());
      tap.sent(sending, frame);
      lane()
          .send(
              Addresses.outbound(to.lane(), to.bearer()),
              new OutboundBatch(List.of(new OutboundBatch.Sealed(to, frame))));
    }
  }

  private void drop(Inbound in, Drop reason) {
    tap.dropped(in, lane().services().dictionary().dialect(), reason);
    lane().count(in, reason);
    lane().done(in);
  }
}
