package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.dictionary.Dialect;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Decides which exchanges a misdeed goes beside, and makes its frames. Owned by the event loop of its shard. */
final class Misdeeds {
  private static final int AT_ONCE = 64;
  private static final int SKEW_SECONDS = 3_600;
  private static final String NOBODYS_PASSWORD = "WrongPwd";

  private final Vertx vertx;
  private final NetClient client;
  private final SocketAddress gateway;
  private final Dialect dialect;
  private final FrameForge forge;
  private final PlatformFrames platform;
  private final FleetOptions options;
  private final List<Misdeed> kinds;
  private final SplittableRandom random;
  private final SecurityTally tally;
  private int next;
  private int underWay;

  Misdeeds(
      Vertx vertx,
      NetClient client,
      SocketAddress gateway,
      Dialect dialect,
      FrameForge forge,
      PlatformFrames platform,
      FleetOptions options,
      SplittableRandom random,
      SecurityTally tally) {
    this.vertx = vertx;
    this.client = client;
    this.gateway = gateway;
    this.dialect = dialect;
    this.forge = forge;
    this.platform = platform;
    this.options = options;
    this.kinds = options.security().misdeeds().stream().sorted().toList();
    this.random = random;
    this.tally = tally;
  }

  int underWay() {
    return underWay;
  }

  /** One exchange of that terminal begins; the next kind goes beside it when its turn has come. */
  void beside(SimulatedTerminal terminal) {
    if (kinds.isEmpty()
        || underWay >= AT_ONCE
        || random.nextDouble() >= options.security().misdeedShare()) {
      return;
    }
    Misdeed kind = kinds.get(next++ % kinds.size());
    int mark = forge.mark();
    List<byte[]> frames = frames(kind, terminal, mark);
    underWay++;
    Intruder intruder =
        new Intruder(vertx, dialect, platform.decoder(), kind, frames, tally, () -> underWay--);
    client.connect(gateway).onSuccess(intruder::on).onFailure(refused -> intruder.failed());
  }

  private List<byte[]> frames(Misdeed kind, SimulatedTerminal terminal, int mark) {
    Seal seal = terminal.control().seal();
    Keys keys = seal.keys();
    switch (kind) {
      case WRONG_DIGEST -> {
        byte[] password = SimulatedIdentity.ascii(NOBODYS_PASSWORD);
        Keys guess = keys.withSecrets(password, keys.downlink(), keys.baseKey());
        forge.login(keys, terminal.index(), false, 0, Seal.outside(guess));
      }
      case WRONG_BINDING ->
        forge.login(
            keys,
            terminal.index(),
            false,
            0,
            Seal.outside(keys.withImsi(other(terminal).imsi())));
      case REPLAY -> {
        return Stream.of(terminal.control().opening())
            .filter(it -> it.length > 0)
            .toList();
      }
      case CLOCK_SKEW ->
        forge.trap(
            new Seal(keys, seal.session() + SKEW_SECONDS, seal.sessionKey()), terminal.index());
      case DUPLICATE_SERIAL -> {
        Keys stranger = other(terminal).withSerial(keys.serial());
        forge.register(stranger, terminal.index(), Registration.ASK_SECURITY, stranger.imsi());
      }
    }
    return List.of(forge.takeSince(mark));
  }

  /** Another device with another SIM. */
  private Keys other(SimulatedTerminal terminal) {
    return SimulatedIdentity.of(~options.seed(), options.app(), options.first() + terminal.index())
        .keys();
  }
}
