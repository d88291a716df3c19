package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A terminal on a bad line, with the retry rules of behaviour.md: three sends of each request, then another connection and LOGIN,
 * and REGISTER after LOGINs that led nowhere. It takes its secrets only where a terminal does. One thread owns it.
 */
public final class LossyTerminal implements AutoCloseable {
  private static final int SENDS = 3;
  private static final int ACK = 0x8000;
  private static final int CREDENTIALS_CHANGED = 9;
  private static final int DIGEST_REFUSED = 4;
  private static final int HOPELESS_LOGINS = 3;
  private static final Duration ANSWER = Duration.ofMillis(700);
  private static final Duration PARAMETERS = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final byte[] NONE = {};

  private final InetSocketAddress platform;
  private final LossyLine line;
  private final Habits habits;
  private Identity who;
  private String baseKey = "";
  private Optional<Renewed> renewed = Optional.empty();
  private Optional<Renewed> previous = Optional.empty();
  private Optional<byte[]> lastParameters = Optional.empty();
  private int operation = PeerRegistration.ASK_SERIAL;
  private boolean awaitsParameters;
  private boolean corrupted;
  private int hopeless;
  private int refused;
  private boolean astray;
  private int switches;
  private Duration beforeUse = Duration.ZERO;
  private int sequence = 1;
  private PeerTerminal terminal;
  private PeerCipher cipher;
  private boolean online;

  private record Renewed(Identity who, String baseKey) {}

  /** One that is provisioned as {@code known}, and knows of that only its IMEI and IMSI. */
  public LossyTerminal(
      InetSocketAddress platform, Identity known, String placeholder, Habits habits, Fates fates) {
    this.platform = platform;
    this.habits = habits;
    this.line = new LossyLine(platform, fates);
    this.who = new Identity(placeholder, known.imei(), known.imsi(), "", "");
  }

  public List<String> trace() {
    return line.trace();
  }

  public String serial() {
    return who.serial();
  }

  /** Something for the trace. */
  public void note(String what) {
    line.note(what);
  }

  /** Whether it ever held secrets that the platform did not give it. */
  public boolean corrupted() {
    return corrupted;
  }

  /** LOGINs that were answered with a wrong digest. */
  public int refused() {
    return refused;
  }

  /** How often it went over to other secrets in a session. */
  public int switches() {
    return switches;
  }

  /** How long it goes on as before with new secrets at hand, in a session and after a registration. */
  public LossyTerminal waiting(Duration howLong) {
    beforeUse = howLong;
    return this;
  }

  /** What it is about, for who decides on its messages. */
  public void begins(String stage) {
    line.note(stage);
    line.fates().stage(stage);
  }

  public void line(Fates fates) {
    line.become(fates);
  }

  /** Loses its passwords and its key by a hand on the spot. */
  public void clear() {
    who = new Identity(who.serial(), who.imei(), who.imsi(), "", "");
    renewed = Optional.empty();
    previous = Optional.empty();
    operation = PeerRegistration.CLEARED;
    online = false;
  }

  /** Its memory fails: it holds secrets that nobody else knows, and notices by nothing but refusals. */
  public void corrupts() {
    line.note("has wrong secrets");
    corrupted = true;
    use(new Renewed(
        new Identity(who.serial(), who.imei(), who.imsi(), "Wrong001", "Wrong002"),
        "Wrong003Wrong003Wrong003"));
    previous = Optional.empty();
    online = false;
  }

  public Habits habits() {
    return habits;
  }

  /** Loses its session, and secrets that it has not begun to use. */
  public void reboot() {
    line.note("reboots");
    renewed = Optional.empty();
    online = false;
    line.close();
  }

  /** Tries once to be in a session that delivers a reading. */
  public boolean delivers(String app) {
    if (!online && !arrives()) {
      takes(PAUSE, () -> true);
      return false;
    }
    byte[] body =
        PeerTerminal.dataBody(app, bytes().ascii("reading " + sequence).toArray());
    Optional<PeerFrame> ack = inSession(PeerTerminal.DATA, body);
    online = ack.isPresent();
    boolean taken = ack.filter(it -> cipher.open(it)[0] == 0).isPresent();
    switchOver();
    return taken;
  }

  /** Takes what comes meanwhile. */
  public void listens(Duration howLong) {
    if (online) {
      takes(howLong, () -> true);
      switchOver();
    }
  }

  private void takes(Duration howLong, BooleanSupplier more) {
    long until = System.nanoTime() + howLong.toNanos();
    while (more.getAsBoolean() && System.nanoTime() < until) {
      line.read(Duration.ofNanos(Math.max(1, until - System.nanoTime()))).ifPresent(this::handle);
    }
  }

  private boolean arrives() {
    line.connect();
    renewed.ifPresent(this::goOver);
    boolean hopes = hopeless < HOPELESS_LOGINS || !habits.registersAgain();
    if (who.uplink().isEmpty() || !hopes) {
      if (!registers()) {
        return false;
      }
      line.connect();
    }
    online = logsIn();
    hopeless = online ? 0 : hopeless + 1;
    return online;
  }

  // Registration

  private boolean registers() {
    int asked = who.uplink().isEmpty() ? operation : PeerRegistration.ASK_SERIAL;
    Optional<PeerFrame> ack =
        exchange(PeerTerminal.REGISTER, () -> registerFrame(asked), this::plain);
    if (ack.isEmpty() || ack.get().result() != 0) {
      ack.ifPresent(it -> line.note("REGISTER_ACK " + it.result()));
      return false;
    }
    String serial = new String(ack.get().body(), 1, 16, StandardCharsets.US_ASCII);
    who = new Identity(serial, who.imei(), who.imsi(), who.uplink(), who.downlink());
    awaitsParameters = true;
    takes(PARAMETERS, () -> awaitsParameters);
    boolean given = !awaitsParameters;
    awaitsParameters = false;
    if (given) {
      takes(beforeUse, () -> true);
    }
    return given;
  }

  private byte[] registerFrame(int asked) {
    var body = bytes().raw(PeerTerminal.registerBody(asked, who));
    if (asked == PeerRegistration.CLEARED) {
      body.tlv(0xE020, (byte) 0x0E);
    }
    int flags = asked == PeerRegistration.CLEARED ? 0xC0 : 0x80;
    return PeerTerminal.unsigned(
        who.serial(), PeerTerminal.REGISTER, sequence++, flags, body.toArray());
  }

  private boolean plain(PeerFrame frame) {
    return frame.flags() == 0;
  }

  private void parameters(PeerFrame frame) {
    boolean again =
        lastParameters.filter(it -> Arrays.equals(it, frame.bytes())).isPresent();
    if (!again && (!awaitsParameters || !frame.serial().equals(who.serial()))) {
      return;
    }
    if (awaitsParameters) {
      Map<Integer, byte[]> values = PeerRotation.tlvs(frame.body(), 1);
      use(renewedBy(values));
      lastParameters = Optional.of(frame.bytes());
      operation = PeerRegistration.ASK_SERIAL;
      awaitsParameters = false;
      hopeless = 0;
    }
    line.send(PeerTerminal.unsigned(
        frame.serial(), PeerRotation.ACK, frame.sequence(), 0, new byte[] {0}));
  }

  private Renewed renewedBy(Map<Integer, byte[]> values) {
    return new Renewed(
        new Identity(
            who.serial(),
            who.imei(),
            who.imsi(),
            text(values, PeerRotation.UPLINK, who.uplink()),
            text(values, PeerRotation.DOWNLINK, who.downlink())),
        text(values, PeerRotation.BASE_KEY, baseKey));
  }

  private static String text(Map<Integer, byte[]> values, int tag, String otherwise) {
    return values.containsKey(tag)
        ? new String(values.get(tag), StandardCharsets.US_ASCII)
        : otherwise;
  }

  private void use(Renewed secrets) {
    who = secrets.who();
    baseKey = secrets.baseKey();
    renewed = Optional.empty();
  }

  // Sessions

  private boolean logsIn() {
    int before = sequence;
    terminal = new PeerTerminal(who, platform, null).countingFrom(sequence);
    cipher = new PeerCipher(terminal, baseKey, PeerCipher.Kind.TRIPLE_DES, PeerCipher.Digest.MD5);
    Optional<PeerFrame> ack = exchange(PeerTerminal.LOGIN, this::loginFrame, this::loginAck);
    if (ack.isEmpty()) {
      return false;
    }
    if (ack.get().result() != 0) {
      rejected(ack.get(), before);
      return false;
    }
    cipher.take(ack.get());
    astray = false;
    return inSession(PeerTerminal.CONFIG_TRAP, NONE).isPresent();
  }

  private void rejected(PeerFrame ack, int from) {
    line.note("LOGIN_ACK " + ack.result());
    if (ack.result() == DIGEST_REFUSED) {
      // Not of a late LOGIN with replaced secrets, nor of one with those that it then went back to.
      boolean late = ack.sequence() < from;
      refused += late || astray ? 0 : 1;
      if (habits.keepsOld() && previous.isPresent()) {
        Renewed now = new Renewed(who, baseKey);
        use(previous.get());
        previous = Optional.of(now);
        astray = late && !astray;
      }
    }
  }

  private byte[] loginFrame() {
    byte[] frame = habits.encrypts()
        ? cipher.loginFrame(cipher.proof(0xFFFFFFFFL))
        : cipher.loginFrame(NONE, 0xA0);
    sequence = terminal.nextSequence();
    terminal.countingFrom(sequence);
    return frame;
  }

  private boolean loginAck(PeerFrame frame) {
    return frame.result() != 0
        || cipher.signed(frame, ByteBuffer.wrap(frame.body()).getInt(1) & 0xFFFFFFFFL);
  }

  private Optional<PeerFrame> inSession(int command, byte[] body) {
    return exchange(
        command,
        () -> inForm(command, body, sequence++),
        frame -> cipher.signed(frame, terminal.timestamp()));
  }

  private byte[] inForm(int command, byte[] body, int number) {
    terminal.countingFrom(number);
    return body.length == 0 || cipher.sessionKey().length == 0
        ? cipher.clear(command, body)
        : cipher.encrypted(command, body);
  }

  private void newSecrets(PeerFrame frame) {
    if (!online || !cipher.signed(frame, terminal.timestamp())) {
      return;
    }
    byte[] body = cipher.open(frame);
    int end = body.length;
    while (end > 0 && body[end - 1] == 0) {
      end--;
    }
    renewed = Optional.of(renewedBy(PeerRotation.tlvs(body, 1, end)));
    line.send(inForm(PeerRotation.ACK, new byte[] {0}, frame.sequence()));
  }

  private void switchOver() {
    if (!online || renewed.isEmpty()) {
      return;
    }
    takes(beforeUse, () -> true);
    if (habits.logsOut()) {
      inSession(PeerTerminal.LOGOUT, new byte[] {CREDENTIALS_CHANGED});
    }
    goOver(renewed.get());
    online = false;
  }

  private void goOver(Renewed next) {
    previous = Optional.of(new Renewed(who, baseKey));
    use(next);
    switches++;
    line.note("uses its new secrets");
  }

  // Exchanges

  private Optional<PeerFrame> exchange(
      int command, Supplier<byte[]> request, Predicate<PeerFrame> good) {
    byte[] first = request.get();
    Set<Integer> sequences = new HashSet<>();
    for (int i = 0; i < SENDS; i++) {
      byte[] frame = i == 0 || habits.sameBytes() ? first : request.get();
      sequences.add(new PeerFrame(frame).sequence());
      line.send(frame);
      long until = System.nanoTime() + ANSWER.toNanos();
      while (System.nanoTime() < until) {
        Optional<PeerFrame> came =
            line.read(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
        if (came.isPresent() && answers(came.get(), command, sequences) && good.test(came.get())) {
          return came;
        }
        came.ifPresent(this::handle);
      }
    }
    line.note("no answer to %04x".formatted(command));
    return Optional.empty();
  }

  private boolean answers(PeerFrame frame, int command, Set<Integer> sequences) {
    return frame.command() == (command | ACK)
        && (habits.matchesByState() || sequences.contains(frame.sequence()));
  }

  private void handle(PeerFrame frame) {
    boolean config = frame.command() == PeerRotation.SECURITY_CONFIG;
    if (config && frame.signed()) {
      newSecrets(frame);
    } else if (config) {
      parameters(frame);
    }
  }

  @Override
  public void close() {
    line.close();
  }
}
