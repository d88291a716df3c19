package io.m2mgate.sms;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.Lanes;
import io.m2mgate.bus.ReceivedFrame;
import io.m2mgate.config.MessageSettings;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.PhoneNumber;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns messages of telephones into frames for the lanes of their terminals (sms.md). What is no frame is counted and taken all the
 * same, for it would come again for ever; what cannot be taken now is left with the centre. May be used from any thread.
 */
public final class Intake {

  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
  private static final Pattern PLACEHOLDER = Pattern.compile("[A-Za-z0-9._-]{8}0{8}");

  /** Bits of TP-DCS (3GPP TS 23.038): the general group with 8-bit data, and the group of message classes with the same. */
  private static final int GENERAL_MASK = 0xCC;

  private static final int GENERAL_8_BIT = 0x04;
  private static final int CLASS_8_BIT = 0xF4;

  private final Lanes lanes;
  private final TerminalLocator locator;
  private final TerminalStore terminals;
  private final Dialect dialect;
  private final FrameDecoder decoder;
  private final PhoneNumber numbers;
  private final PartedMessages parted;
  private final InstantSource clock;
  private final Map<Dropped, Counter> dropped = new EnumMap<>(Dropped.class);

  /** Why a message is no frame of a terminal. */
  private enum Dropped {
    /** Its text is not 8-bit data. */
    CODING,
    /** Its sender is no telephone number. */
    SENDER,
    /** Its header is broken. */
    HEADER,
    /** It has more parts than any message may have. */
    PARTS,
    /** It is no frame, or not exactly one. */
    FRAME,
    /** It has a placeholder for a serial, and its number is that of no terminal or of several. */
    NOBODY
  }

  public Intake(
      Lanes lanes,
      TerminalLocator locator,
      TerminalStore terminals,
      Dictionary dictionary,
      PhoneNumber numbers,
      MessageSettings settings,
      int maxFrame,
      InstantSource clock,
      MeterRegistry registry) {
    this.lanes = lanes;
    this.locator = locator;
    this.terminals = terminals;
    this.dialect = dictionary.dialect();
    this.decoder = new FrameDecoder(dictionary, maxFrame);
    this.numbers = numbers;
    this.parted = new PartedMessages(settings.parts());
    this.clock = clock;
    for (Dropped reason : Dropped.values()) {
      dropped.put(
          reason,
          Counter.builder("m2mgate_sms_not_frames")
              .description("Short messages that are no frame of a terminal, by reason")
              .tag("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    Gauge.builder("m2mgate_sms_parted", parted, PartedMessages::size)
        .description("Short messages in parts that are not complete")
        .strongReference(true)
        .register(registry);
  }

  /** Completes when the message is finished with; fails when it is to come again. */
  public Future<Void> take(ReceivedShortMessage message) {
    if ((message.dataCoding() & GENERAL_MASK) != GENERAL_8_BIT
        && (message.dataCoding() & CLASS_8_BIT) != CLASS_8_BIT) {
      return drop(Dropped.CODING, message);
    }
    Optional<String> number = numbers.normal(message.from());
    if (number.isEmpty()) {
      return drop(Dropped.SENDER, message);
    }
    UserData data;
    try {
      data = UserData.read(message.userData(), message.hasHeader());
    } catch (UserData.Unreadable e) {
      return drop(Dropped.HEADER, message);
    }
    if (data.total() == 1) {
      return frame(number.get(), data.content(), message);
    }
    if (!parted.admits(data)) {
      return drop(Dropped.PARTS, message);
    }
    return part(number.get(), data, message);
  }

  /** A centre that sends one message after the other needs the first ones taken; the last is taken with the whole. */
  private Future<Void> part(String number, UserData part, ReceivedShortMessage message) {
    PartedMessages.Key key = PartedMessages.key(number, part);
    return parted
        .add(key, part, clock.millis())
        .map(whole -> frame(number, whole, message).onSuccess(taken -> parted.done(key)))
        .orElseGet(Future::succeededFuture);
  }

  private Future<Void> frame(String number, byte[] bytes, ReceivedShortMessage message) {
    Frame frame;
    try {
      frame = decoder.frame(bytes, 0, bytes.length);
    } catch (MalformedFrame e) {
      return drop(Dropped.FRAME, message);
    }
    boolean registers = dialect.knows(frame.requestCommand())
        && dialect.command(frame.requestCommand()).command() == Command.REGISTER;
    if (registers
        || frame.hasDigestFlag()
        || !PLACEHOLDER.matcher(frame.serial()).matches()) {
      return dispatch(frame.serial(), number, bytes);
    }
    return terminals.byMsisdn(numbers.forms(number), 2).compose(found -> {
      if (found.size() != 1) {
        return drop(Dropped.NOBODY, message);
      }
      TerminalRecord terminal = found.get(0);
      return dispatch(terminal.serial(), number, renamed(frame, terminal.serial()));
    });
  }

  private static byte[] renamed(Frame frame, String serial) {
    byte[] bytes = Arrays.copyOfRange(frame.bytes(), frame.offset(), frame.end());
    byte[] name = serial.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, bytes, frame.header().serialOffset(), name.length);
    return bytes;
  }

  private Future<Void> dispatch(String serial, String number, byte[] bytes) {
    int lane = locator.laneOf(serial, Math.floorMod(serial.hashCode(), lanes.count()));
    Promise<Void> taken = Promise.promise();
    lanes.send(Addresses.shortMessage(lane), new ReceivedFrame(number, bytes, taken));
    return taken.future();
  }

  private Future<Void> drop(Dropped reason, ReceivedShortMessage message) {
    dropped.get(reason).increment();
    LOG.debug(
        "short message of {} bytes from {} is no frame: {}",
        message.userData().length,
        message.from(),
        reason);
    return Future.succeededFuture();
  }
}
