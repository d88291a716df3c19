package io.m2mgate.security;

import io.m2mgate.bus.Ack;
import io.m2mgate.bus.AckBatch;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneMetrics.Drop;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Registered;
import io.m2mgate.bus.TerminalChanged;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profile;
import io.m2mgate.session.Resident;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Rotation;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.SecurityStore.Step;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends registered terminals the security parameters that they were told to wait for, until they are acknowledged or used
 * (behaviour 5.3.1). That they leave is durable before they do; a terminal that did not get them registers again and is sent the
 * same. One on each lane, for the terminals in memory there.
 */
public final class DistributionVerticle extends LaneVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(DistributionVerticle.class);

  private final DistributionOptions options;
  private final SecurityStore store;
  private final TerminalSecrets secrets;
  private final PendingSets sets;
  private final Map<String, Distribution> underWay = new HashMap<>();
  private int sequence;

  public DistributionVerticle(
      DistributionOptions options, SecurityStore store, TerminalSecrets secrets, PendingSets sets) {
    this.sets = sets;
    this.options = options;
    this.store = store;
    this.secrets = secrets;
  }

  @Override
  protected Future<?> open() {
    lane()
        .metrics()
        .gauge(
            "m2mgate_lane_distributions",
            "Terminals that are being sent the security parameters of a registration",
            lane(),
            underWay::size);
    int index = lane().index();
    this.<Registered>consume(Addresses.registered(index), this::registered);
    this.<String>consume(Addresses.left(index), this::left);
    this.<Distribution>consume(Addresses.distribution(index), this::takeOver);
    this.<AckBatch>consume(
        Addresses.registrationAcks(index), batch -> batch.acks().forEach(this::guarded));
    return Future.succeededFuture();
  }

  private int owner(String serial) {
    return lane().services().locator().laneOf(serial, lane().index());
  }

  private void left(String serial) {
    Distribution distribution = underWay.get(serial);
    if (distribution != null && owner(serial) != lane().index()) {
      handOver(distribution);
    }
  }

  /** What it sends goes on where its terminal is now: there its acks come, and its logins. */
  private void handOver(Distribution distribution) {
    end(distribution);
    lane().send(Addresses.distribution(owner(distribution.serial())), distribution);
  }

  private void takeOver(Distribution distribution) {
    if (owner(distribution.serial()) != lane().index()) {
      handOver(distribution);
    } else if (underWay.size() >= options.underWay()) {
      lane().metrics().dropped(Drop.DISTRIBUTION_FULL);
    } else if (underWay.putIfAbsent(distribution.serial(), distribution) == null) {
      // Else another registration has taken its place meanwhile.
      after(distribution, Math.max(1, distribution.dueMillis() - lane().nowMillis()));
    }
  }

  private void registered(Registered registered) {
    String serial = registered.terminal().serial();
    int index = lane().index();
    int owner = owner(serial);
    if (owner != index) {
      // It moved since that lane was told.
      lane().send(Addresses.registered(owner), registered);
      return;
    }
    terminal(serial)
        .ifPresentOrElse(
            it -> it.logins().spare(lane().nowMillis()),
            () -> lane().send(Addresses.visit(index), serial));
    registered
        .rotation()
        .ifPresent(rotation -> begin(registered.terminal(), rotation, registered.to()));
  }

  private Optional<Terminal> terminal(String serial) {
    return lane().terminals().find(serial).flatMap(Resident::terminal);
  }

  private void begin(TerminalRecord terminal, Rotation rotation, Origin to) {
    Optional.ofNullable(underWay.get(terminal.serial())).ifPresent(this::end);
    if (underWay.size() >= options.underWay()) {
      lane().metrics().dropped(Drop.DISTRIBUTION_FULL);
      return;
    }
    Profile profile = lane().services().profiles().get(terminal.profile());
    sequence++;
    Distribution begun = new Distribution(
        terminal,
        rotation,
        to,
        Distribution.request(
            sets.dialect(terminal), terminal.serial(), sequence, secrets.open(rotation)),
        lane().nowMillis());
    underWay.put(terminal.serial(), begun);
    after(begun, Math.max(1, profile.exchange().gapMillis()));
  }

  private void after(Distribution distribution, long millis) {
    distribution.timer(
        vertx.setTimer(millis, timer -> turn(distribution)), lane().nowMillis() + millis);
  }

  private void turn(Distribution distribution) {
    if (owner(distribution.serial()) != lane().index()) {
      handOver(distribution);
      return;
    }
    if (!distribution.maySend(options, lane().nowMillis())
        || terminal(distribution.serial()).filter(distribution::usedBy).isPresent()) {
      end(distribution);
      return;
    }
    store
        .step(
            distribution.rotation().id(),
            new Step(Rotation.State.SENT, "", 1, false, lane().nowMillis()))
        .onComplete(stepped -> context.runOnContext(nothing -> {
          if (underWay.get(distribution.serial()) != distribution) {
            return;
          }
          if (stepped.failed()) {
            LOG.warn("terminal {}: {}", distribution.serial(), stepped.cause().getMessage());
            distribution.skip();
          } else if (stepped.result().isEmpty()) {
            ended(distribution);
            return;
          } else {
            lane().send(Addresses.request(lane().index()), distribution.send());
          }
          after(distribution, options.to(distribution.to()).repeatMillis());
        }));
  }

  /** The set was used or given up: who was told to wait for it but never got it is given another. */
  private void ended(Distribution distribution) {
    end(distribution);
    if (distribution.sent()) {
      return;
    }
    CompletableFuture<Void> seen = new CompletableFuture<>();
    sets.renew(distribution.terminal())
        .compose(rotation -> {
          lane()
              .send(
                  Addresses.changed(lane().index()),
                  new TerminalChanged(distribution.serial(), seen));
          return Future.fromCompletionStage(seen).map(rotation);
        })
        .onComplete(renewed -> context.runOnContext(nothing -> {
          if (renewed.failed()) {
            LOG.warn("terminal {}: {}", distribution.serial(), renewed.cause().getMessage());
          } else if (!underWay.containsKey(distribution.serial())) {
            begin(distribution.terminal(), renewed.result(), distribution.to());
          }
        }));
  }

  private void end(Distribution distribution) {
    vertx.cancelTimer(distribution.timer());
    underWay.remove(distribution.serial(), distribution);
  }

  private void guarded(Ack ack) {
    lane().guard(ack.inbound(), () -> lane().done(ack), () -> answered(ack));
  }

  private void answered(Ack ack) {
    Distribution distribution = underWay.get(ack.terminal().serial());
    int answers = ack.inbound().frame().sequence();
    if (distribution == null || !distribution.answeredBy(ack.inbound().origin(), answers)) {
      lane().dropped(ack.inbound(), Drop.UNEXPECTED_ACK);
    } else {
      try {
        acknowledged(distribution, ack, result(ack));
      } catch (MalformedFrame e) {
        lane().dropped(ack.inbound(), Drop.MALFORMED);
      }
    }
    lane().done(ack);
  }

  private static int result(Ack ack) throws MalformedFrame {
    return Body.read(
            ack.dialect(),
            ack.command(),
            true,
            ack.bytes(),
            ack.bodyOffset(),
            ack.bodyLength(),
            false)
        .result();
  }

  /** The answer is unsigned and proves nothing: it ends the repeats, and a refusal is only noted. */
  private void acknowledged(Distribution distribution, Ack ack, int result) {
    end(distribution);
    boolean taken = ack.command().results().success(result);
    String name = ack.command().results().nameOf(result);
    if (!taken) {
      LOG.info("terminal {}: security parameters answered with {}", distribution.serial(), name);
    }
    store
        .step(
            distribution.rotation().id(),
            Step.to(
                taken ? Rotation.State.ACKED : Rotation.State.SENT,
                taken ? "" : "the terminal answered " + name,
                lane().nowMillis()))
        .onFailure(cause -> LOG.warn("terminal {}: {}", distribution.serial(), cause.getMessage()));
  }
}
