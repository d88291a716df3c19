package io.m2mgate.security;

import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Identity;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Keyring;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.FrameEncoder;
import io.m2mgate.wire.MalformedFrame;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A signed empty CONFIG_TRAP from bytes to the bytes of its answer, without sockets, bus and store. One thread. */
public final class FramePath {
  private static final long NOW = 1_790_000_000_000L;
  private static final String SERIAL = "JMH0000000000001";
  private static final byte[] EMPTY = {};

  private final Dictionary dictionary = Dictionary.load();
  private final Dialect dialect = dictionary.dialect();
  private final FrameDecoder decoder = new FrameDecoder(dictionary, 16_384);
  private final FrameEncoder encoder = new FrameEncoder(dialect);
  private final Sealing sealing = Sealing.usual();
  private final FrameSecurity security = sealing.security();
  private final FrameSealer sealer = sealing.sealer();
  private final Md5Digest forge = new Md5Digest();
  private final CommandDef trap = dialect.command(Command.CONFIG_TRAP);
  private final byte[] serial = SERIAL.getBytes(StandardCharsets.US_ASCII);
  private final byte[] request = new byte[encoder.size(0, true)];
  private final Resident resident = new Resident(SERIAL);
  private final Terminal terminal;
  private final Session session;
  private final Origin origin = new Nowhere();
  private int sequence;

  public FramePath() {
    var terminalRecord = new TerminalRecord(
        SERIAL,
        "123456789012345",
        Optional.of("460001234567890"),
        "JMH",
        Profiles.DEFAULT,
        Optional.empty(),
        true,
        NOW,
        NOW,
        1);
    Profiles profiles = new Profiles(name -> dictionary.dialect(name).isPresent());
    SecretSet secrets = new SecretSet(
        0,
        "uplink-secret".getBytes(StandardCharsets.US_ASCII),
        "downlink-secret".getBytes(StandardCharsets.US_ASCII),
        EMPTY,
        SecretSet.Expiries.NEVER);
    Keyring keyring = Keyring.of(terminalRecord, secrets, Optional.empty(), Optional.empty());
    terminal = new Terminal(terminalRecord, keyring, profiles.get(Profiles.DEFAULT), 0);
    session = terminal.open(terminal.keyring().current(), false, 1, NOW);
    terminal.confirm(session);
    resident.arrived(terminal);
  }

  /** What a terminal sends next; the array is used again. */
  public byte[] request() {
    var header = dialect.header();
    encoder.encode(
        trap.id(),
        ++sequence,
        header.answerVersion(),
        header.flags().digest(),
        serial,
        0,
        EMPTY,
        0,
        0,
        true,
        request,
        0);
    Identity who = session.identity();
    forge.sign(
        request,
        request.length - DigestLocator.VALUE_SIZE,
        request,
        0,
        request.length - DigestLocator.TLV_SIZE,
        session.timestamp(),
        who.imei(),
        who.imsi(),
        who.uplink());
    return request;
  }

  /** Decodes, finds genuine, answers and seals. */
  public byte[] exchange(byte[] read) throws MalformedFrame {
    Frame frame = decoder.frame(read, 0, decoder.lengthAt(read, 0, read.length));
    Inbound in = new Inbound(frame, origin, NOW);
    Verdict verdict = security.open(new Asked(in, resident, terminal, dialect, trap));
    if (!(verdict instanceof Verdict.Accept accept)) {
      throw new IllegalStateException("not let through: " + verdict);
    }
    Uplink uplink = accept.uplink();
    uplink.request().done(0);
    uplink.request().markAnswered();
    return sealer.seal(new Reply(
        origin, frame, uplink.request().sequence(), Refusals.result(0), new Reply.Signed(session)));
  }

  private static final class Nowhere implements Origin {
    @Override
    public int lane() {
      return 0;
    }

    @Override
    public String bearer() {
      return "tcp";
    }

    @Override
    public String remote() {
      return "192.0.2.7:40112";
    }

    @Override
    public boolean open() {
      return true;
    }

    @Override
    public void verified(long nowMillis, long heartbeatMillis) {}

    @Override
    public void completed(Inbound frame) {}
  }
}
