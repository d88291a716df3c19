package io.m2mgate.security;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.LoginFacts;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.RecentRequest;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionTable;
import io.m2mgate.session.Terminal;
import io.m2mgate.session.TerminalLocator;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.StoredSecurity;
import io.m2mgate.store.StoredTerminal;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What a lane's memory keeps of terminals that are logged in and idle, by class, with the smallest possible origin: {@code main}
 * prints it for as many as it is told.
 */
public final class ResidentCost {
  private static final long NOW = 1_790_000_000_000L;
  private static final int PASSWORD_BYTES = 8;
  private static final int BASE_KEY_BYTES = 24;
  private static final int SHOWN = 40;

  private final SessionTable table = new SessionTable();
  private final TerminalLocator locator = new TerminalLocator();
  private final Dictionary dictionary = Dictionary.load();
  private final SecretBox box = new SecretBox(new byte[32], new SecureRandom());
  private final TerminalAssembly assembly = new TerminalAssembly(
      box,
      new Profiles(name -> dictionary.dialect(name).isPresent()),
      dictionary,
      NOW,
      (bearer, address) -> Optional.empty());

  private ResidentCost() {}

  /** @param args how many terminals, 200,000 unless told */
  public static void main(String[] args) throws JMException {
    int terminals = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    System.out.printf("%d bytes a terminal%n", bytesEach(terminals, SHOWN));
  }

  /** Bytes of one of so many. */
  static long bytesEach(int terminals) throws JMException {
    return bytesEach(terminals, 0);
  }

  private static long bytesEach(int terminals, int classes) throws JMException {
    ResidentCost cost = new ResidentCost();
    cost.logIn(0);
    String before = histogram();
    for (int i = 1; i <= terminals; i++) {
      cost.logIn(i);
    }
    String after = histogram();
    after.lines().limit(classes).forEach(System.out::println);
    long each = (bytes(after) - bytes(before)) / terminals;
    return cost.table.size() > terminals ? each : -1;
  }

  /** LOGIN, its trap and nothing after it, as the handlers have it. */
  private void logIn(int number) {
    String serial = text("T%015d", number);
    locator.claim(serial, 0);
    Resident resident = table.place(serial);
    Terminal terminal = assembly.assemble(stored(serial, number));
    resident.arrived(terminal);
    Session session = terminal.open(terminal.keyring().current(), false, number, NOW);
    session.login(new LoginFacts(text("V%d.%d", 2, number % 10), 20, 4711, 815, false, 0));
    Origin origin = new Nowhere(text("192.0.2.7:%d", number));
    session.openedFrom(origin);
    terminal.lapses().loginServed();
    RecentRequest trap =
        terminal.recent().add(session.timestamp(), 2, 0x1234L * number, origin, NOW);
    session.sequences().mark(2);
    terminal.confirm(session);
    terminal.heard(origin, NOW);
    terminal.online(true);
    trap.done(0);
    trap.markAnswered();
    resident.answered(NOW);
  }

  private StoredTerminal stored(String serial, int number) {
    SecretSet secrets = new SecretSet(
        0,
        text("u%07d", number).getBytes(StandardCharsets.US_ASCII),
        text("d%07d", number).getBytes(StandardCharsets.US_ASCII),
        text("k%023d", number).getBytes(StandardCharsets.US_ASCII),
        SecretSet.Expiries.NEVER);
    assert secrets.uplink().length == PASSWORD_BYTES && secrets.baseKey().length == BASE_KEY_BYTES;
    TerminalRecord terminalRecord = new TerminalRecord(
        serial,
        text("86%013d", number),
        Optional.of(text("460%012d", number)),
        "METERS",
        Profiles.DEFAULT,
        Optional.empty(),
        true,
        NOW,
        NOW,
        1);
    return new StoredTerminal(
        terminalRecord,
        new StoredSecurity(
            0,
            box.seal(serial, secrets),
            SecretSet.Expiries.NEVER,
            Optional.empty(),
            Optional.empty(),
            0),
        SessionState.NONE,
        new byte[0],
        List.of(),
        false,
        DesiredSet.NONE);
  }

  private static String text(String form, Object... values) {
    return String.format(form, values);
  }

  /** Of what is reachable: the collector runs first. */
  private static String histogram() throws JMException {
    return (String) ManagementFactory.getPlatformMBeanServer()
        .invoke(
            new ObjectName("com.sun.management:type=DiagnosticCommand"),
            "gcClassHistogram",
            new Object[] {null},
            new String[] {String[].class.getName()});
  }

  private static long bytes(String histogram) {
    String total =
        histogram.lines().filter(line -> line.startsWith("Total")).findFirst().orElseThrow();
    return Long.parseLong(total.trim().split("\\s+")[2]);
  }

  /** As small as an origin can be: its cost is a bearer's. */
  private static final class Nowhere implements Origin {
    private final String remote;

    Nowhere(String remote) {
      this.remote = remote;
    }

    @Override
    public int lane() {
      return 0;
    }

    @Override
    public String bearer() {
      return UDP;
    }

    @Override
    public String remote() {
      return remote;
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
