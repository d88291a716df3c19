package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Command;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.Part.Operation;
import java.util.Optional;

/**
 * The exchanges by which one terminal registers, logs in, beats, takes other secrets and goes: one at a time, beside its load. Owned
 * by the terminal's event loop.
 */
final class Control {
  /** What is asked. */
  enum Step {
    REGISTER,
    LOGIN,
    CONFIRM,
    HEARTBEAT,
    REQUEST,
    REPORT,
    RETURN,
    RENEWING_LOGOUT,
    REST,
    RELOGIN,
    FAREWELL
  }

  /** What an answer means for the terminal. */
  enum Outcome {
    /** It belongs to nothing that is open here. */
    STRAY,
    /** What comes next, comes. */
    GO_ON,
    /** It was refused, and tries again over another connection. */
    REFUSED,
    /** It has nothing to say for now. */
    RESTS,
    GONE,
    NOTHING
  }

  private static final byte[] NO_BYTES = {};
  private static final int REFUSALS = 3;
  private static final String LOGIN_TRY_LATER = "tryLater";
  private static final String LOGIN_WANTS_LIST = "configurationDiffers";
  private static final String LOGIN_WANTS_VALUES = "reportParameters";
  private static final String SECRETS_FOLLOW = "awaitSecurityParameters";

  private final Shard shard;
  private final FrameForge forge;
  private final PlatformFrames platform;
  private final Life life;
  private final boolean newSequences;
  private final Errands errands;
  private final TerminalModel model;
  private final boolean emptyEnds;
  private final Exchange exchange = new Exchange();
  private Step step = Step.LOGIN;
  private Seal seal;
  private Seal former;
  private int sequence = 1;
  private int refusals;
  private byte[] sentLogin = NO_BYTES;
  private byte[] sentTrap = NO_BYTES;
  private byte[] confirmation = NO_BYTES;
  private Command reported = Command.CONFIG_TRAP;
  private byte[] report = NO_BYTES;
  private Optional<PartedBody> parts = Optional.empty();
  private int part;
  private String reason = "";

  Control(Shard shard, Life life, boolean newSequences, Errands errands, Making making) {
    this.shard = shard;
    this.errands = errands;
    this.model = making.model();
    this.emptyEnds = making.quirks().contains(Quirk.SEGMENTS_900);
    this.forge = shard.forge();
    this.platform = shard.platform();
    this.life = life;
    this.newSequences = newSequences;
    this.seal = Seal.outside(life.keys());
    this.former = seal;
  }

  boolean isOpen() {
    return exchange.open;
  }

  Exchange exchange() {
    return exchange;
  }

  /** Of the session that was opened last. */
  Seal seal() {
    return seal;
  }

  /** Whether a frame that nobody vouches for now is one that datagrams brought late: of the session before. */
  boolean isOfFormerSession(Frame frame) {
    return shard.datagrams() && frame.hasDigestFlag() && platform.opens(frame, former);
  }

  /** Whether it was refused too often since it was in session last. */
  boolean givesUp() {
    return refusals >= REFUSALS;
  }

  /** The LOGIN of its session and the frame that confirmed it; empty where the run does not keep them. */
  byte[][] opening() {
    return new byte[][] {sentLogin, sentTrap};
  }

  /** What is open is not waited for any more. */
  void drop() {
    exchange.open = false;
  }

  int sequenceFor(Exchange of) {
    return of.neverSent() || newSequences ? sequence++ : of.lastSequence();
  }

  /** Of a request that is not repeated. */
  int nextSequence() {
    return sequence++;
  }

  void begin(Step next, long now) {
    step = next;
    exchange.begin(0, now);
    transmit(now);
  }

  /** Does of its own what it planned; what it reports is encrypted once, so that all sends are alike. */
  void perform(Deed deed, long now) {
    if (deed instanceof Deed.Report what && !forge.fits(what.body().length)) {
      shard.tally().unsaid++;
      errands.done();
    } else if (deed instanceof Deed.Report what) {
      reported = what.command();
      report = forge.sealed(seal, what.body());
      boolean parted = what.command() == Command.CONFIG_TRAP && report.length > PartedBody.MOST;
      parts = parted
          ? Optional.of(new PartedBody(platform.parts(), report, emptyEnds))
          : Optional.empty();
      part = 1;
      shard.tally().parted += parted ? 1 : 0;
      begin(Step.REPORT, now);
    } else if (deed instanceof Deed.Return back) {
      reason = back.reason();
      begin(Step.RETURN, now);
    }
  }

  void transmit(long now) {
    transmit(sequenceFor(exchange), now);
  }

  private void transmit(int seq, long now) {
    int mark = forge.mark();
    switch (step) {
      case REGISTER -> forge.register(life.keys(), seq, life.registration(), life.nextImsi());
      case LOGIN ->
        forge.login(
            life.keys(), seq, shard.security().encrypt(), model.syncCrc32(), model.version());
      case CONFIRM -> forge.trap(seal, seq, confirmation);
      case HEARTBEAT -> forge.heartbeat(seal, seq);
      case REQUEST -> forge.request(seal, seq, shard.asksEncrypted());
      case REPORT -> {
        int command = forge.id(reported);
        parts.ifPresentOrElse(
            body -> forge.part(seal, command, seq, body.tlv(part)),
            () -> forge.sendSealed(seal, command, seq, report));
      }
      case RETURN -> forge.logout(seal, seq, reason);
      case RENEWING_LOGOUT -> forge.logout(seal, seq, "credentialsChanged");
      case FAREWELL, RELOGIN, REST -> forge.logout(seal, seq, "normal");
    }
    if (shard.records()) {
      record(mark);
    }
    exchange.sent(seq, now);
  }

  private void record(int mark) {
    if (step == Step.LOGIN) {
      sentLogin = forge.since(mark);
    } else if (step == Step.CONFIRM) {
      sentTrap = forge.since(mark);
    }
  }

  /** The answer to a request that belongs to no session. */
  Outcome opened(Frame ack) {
    Step asked = ack.requestCommand() == forge.login ? Step.LOGIN : Step.REGISTER;
    if (step != asked || !exchange.answeredBy(ack.sequence())) {
      return Outcome.STRAY;
    }
    platform.clear(ack);
    return asked == Step.LOGIN ? loginAnswered(ack) : registerAnswered(ack);
  }

  private Outcome registerAnswered(Frame ack) {
    byte[] serial = platform.serial(ack);
    if (!platform.success(Command.REGISTER) || serial.length == 0) {
      shard.tally().security.registerRefused(platform.result());
      return refused(true);
    }
    exchange.open = false;
    shard.tally().security.registered++;
    boolean secretsFollow = platform.resultIs(Command.REGISTER, SECRETS_FOLLOW);
    life.registered(serial, secretsFollow);
    return Outcome.GO_ON;
  }

  private Outcome loginAnswered(Frame ack) {
    if (!platform.success(Command.LOGIN)) {
      shard.tally().loginRefused(platform.result());
      return refused(!platform.resultIs(Command.LOGIN, LOGIN_TRY_LATER));
    }
    Seal signed = new Seal(life.keys(), PlatformFrames.timestamp(ack), new byte[0]);
    if (!platform.opens(ack, signed)) {
      shard.tally().wrongDigests++;
      return Outcome.NOTHING;
    }
    byte[] key = NO_BYTES;
    if (shard.security().encrypt()) {
      key = platform.sessionKey(life.keys().baseKey());
      shard.tally().security.keyed(key.length > 0);
    }
    former = seal;
    seal = new Seal(life.keys(), signed.session(), key);
    exchange.open = false;
    boolean values = platform.resultIs(Command.LOGIN, LOGIN_WANTS_VALUES);
    confirmation = values || platform.resultIs(Command.LOGIN, LOGIN_WANTS_LIST)
        ? model.syncTlvs(!values)
        : NO_BYTES;
    life.loggedIn();
    return Outcome.GO_ON;
  }

  private Outcome refused(boolean counts) {
    refusals += counts ? 1 : 0;
    return Outcome.REFUSED;
  }

  /** An answer in the session, which was verified and opened. */
  Outcome answered(Frame ack, long now) {
    if (!exchange.answeredBy(ack.sequence())) {
      return Outcome.STRAY;
    }
    if (step == Step.REPORT && platform.part().isPresent()) {
      goesOn(platform.part().get(), now);
      return Outcome.NOTHING;
    }
    exchange.open = false;
    return switch (step) {
      case CONFIRM -> {
        refusals = 0;
        shard.tally().logins++;
        shard.tally().security.rotated += life.nowConfirmed() ? 1 : 0;
        yield Outcome.GO_ON;
      }
      case REQUEST -> secretsAnswered();
      case REPORT -> {
        errands.done();
        yield Outcome.NOTHING;
      }
      case RETURN -> {
        errands.done();
        life.loggedOut();
        yield Outcome.GO_ON;
      }
      case RENEWING_LOGOUT, RELOGIN -> {
        life.loggedOut();
        yield Outcome.GO_ON;
      }
      case REST -> {
        life.loggedOut();
        yield Outcome.RESTS;
      }
      case FAREWELL -> Outcome.GONE;
      case HEARTBEAT -> {
        shard.beaten(exchange, now);
        yield Outcome.NOTHING;
      }
      case LOGIN, REGISTER -> Outcome.NOTHING;
    };
  }

  private Outcome secretsAnswered() {
    life.askedForSecrets();
    boolean other = false;
    try {
      other = platform.success(Command.SECURITY_CONFIG) && life.renewedBy(platform.given());
    } catch (MalformedFrame e) {
      shard.tally().security.unreadable++;
    }
    if (!other) {
      shard.tally().security.asksRefused++;
      life.refusedSecrets();
    }
    return Outcome.GO_ON;
  }

  /** The platform's word about a part of a report. */
  private void goesOn(Part word, long now) {
    if (word.operation() == Operation.SEND
        && parts.filter(it -> it.has(word.index())).isPresent()) {
      part = word.index();
      exchange.sendsOnConnection = 0;
      transmit(exchange.lastSequence(), now);
    } else {
      exchange.open = false;
      errands.done();
    }
  }

  /** Unsigned secrets, as they follow a registration; true where they were taken, and the answer made. */
  boolean takesSecrets(Frame asked) throws MalformedFrame {
    platform.clear(asked);
    if (!platform.setsSecrets()) {
      return false;
    }
    Given given = platform.given();
    if (life.need() == Life.Need.SECRETS) {
      shard.tally().security.setsTaken++;
      life.equipped(given);
    } else if (!given.isIn(life.keys())) {
      return false;
    }
    forge.acceptUnsigned(asked);
    return true;
  }
}
