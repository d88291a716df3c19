package io.m2mgate.cli.simulate;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What a fleet is and does.
 *
 * @param app the application that its terminals belong to; created when it does not exist
 * @param seed with the application's code it decides every identity and password, so that a fleet can come back
 * @param connectionsPerSecond how fast terminals connect, also after a restart of the gateway
 * @param security registration, keys and secrets
 * @param field how its terminals are like those in the field
 * @param commands what its application asks of them
 * @param rollout how they are upgraded
 * @param bearers what carries their frames
 * @param first the number of its first terminal, where others of the same seed are somebody else's
 */
public record FleetOptions(
    Target target,
    String app,
    int terminals,
    long seed,
    Load load,
    Persona persona,
    int connectionsPerSecond,
    Finish finish,
    SecurityOptions security,
    FieldOptions field,
    CommandOptions commands,
    RolloutOptions rollout,
    BearerOptions bearers,
    int first) {

  /**
   * Where the gateway is, and the key that opens its administration.
   *
   * @param terminals by TCP
   * @param datagrams by UDP; absent where nothing of the run needs it
   */
  public record Target(
      InetSocketAddress terminals,
      Optional<InetSocketAddress> datagrams,
      URI http,
      String adminKey) {

    /** One without UDP. */
    public Target(InetSocketAddress terminals, URI http, String adminKey) {
      this(terminals, Optional.empty(), http, adminKey);
    }
  }

  /** What an exchange of the load is. */
  public enum Mode {
    /** TRANSPARENT_DATA with a numbered reading; both ends of it are counted. */
    DATA,
    /** Signed CONFIG_TRAP without TLVs, answered from memory. */
    TRAP,
    /** Unsigned HEART_BEAT. */
    HEARTBEAT,
    /** LOGOUT, LOGIN and the trap that confirms it, one such round after the other; one at a time. */
    LOGIN,
    /**
     * FILE_REQ for blocks of so many bytes as a payload has, one behind the other, of a file of {@link Load#FILE_BYTES} that every
     * terminal was told of under {@link Load#TRANSACTION}.
     */
    DOWNLOAD,
    /** As TRAP, towards a server that sends back what it gets: no login, no store, the floor for comparison. */
    ECHO
  }

  /**
   * How much is sent.
   *
   * @param ratePerSecond exchanges begun in a second by the whole fleet; 0 = as fast as they are answered
   * @param duration how long from the moment when everybody is online; zero = no limit
   * @param messages how many in all; 0 = no limit
   * @param pipeline exchanges that one terminal has open at once; fielded ones have 1
   */
  public record Load(
      Mode mode,
      double ratePerSecond,
      Duration duration,
      long messages,
      int payloadBytes,
      int pipeline) {

    public static final int FILE_BYTES = 4 * 1024 * 1024;
    public static final int TRANSACTION = 1;

    public static final Load DEFAULT = new Load(Mode.DATA, 10, Duration.ZERO, 0, 67, 1);
  }

  /** How a terminal repeats what was not answered. */
  public enum Retry {
    /** The same bytes, as the Java stack does. */
    SAME,
    /** The same content under a new sequence, as the C stack does. */
    NEW,
    /** Every second terminal in either way. */
    MIXED
  }

  /**
   * How a terminal behaves.
   *
   * @param timeout how long it waits for an answer before it sends again
   * @param sends how often it sends on one connection before it makes another
   * @param heartbeat how long it may be silent before it beats; zero = never beats
   * @param resendsRefused whether a reading that was refused is sent again, as a new request after the timeout
   */
  public record Persona(
      Retry retry, Duration timeout, int sends, Duration heartbeat, boolean resendsRefused) {

    public static final Persona DEFAULT =
        new Persona(Retry.SAME, Duration.ofSeconds(15), 3, Duration.ofSeconds(90));

    /** One that gives up what was refused. */
    public Persona(Retry retry, Duration timeout, int sends, Duration heartbeat) {
      this(retry, timeout, sends, heartbeat, false);
    }

    public Persona resendingRefused() {
      return new Persona(retry, timeout, sends, heartbeat, true);
    }
  }

  /**
   * How it ends.
   *
   * @param logout terminals say LOGOUT
   * @param delete terminals are deleted from the gateway
   * @param patience how long to wait for answers, and for deliveries to the application, that are still due
   */
  public record Finish(boolean logout, boolean delete, Duration patience) {

    public static final Finish DEFAULT = new Finish(false, false, Duration.ofSeconds(30));
  }

  /** One terminal that sends a reading now and then, until it is stopped. */
  public static FleetOptions of(Target target) {
    return new FleetOptions(
        target,
        "SIM",
        1,
        1,
        Load.DEFAULT,
        Persona.DEFAULT,
        500,
        Finish.DEFAULT,
        SecurityOptions.NONE,
        FieldOptions.NONE,
        CommandOptions.NONE,
        RolloutOptions.NONE,
        BearerOptions.TCP,
        0);
  }

  public FleetOptions withTerminals(int count) {
    return new FleetOptions(
        target,
        app,
        count,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withApp(String code) {
    return new FleetOptions(
        target,
        code,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withSeed(long value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        value,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withLoad(Load value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        value,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withPersona(Persona value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        value,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withConnectionsPerSecond(int value) {
    return new FleetOptions(
        target, app, terminals, seed, load, persona, value, finish, security, field, commands,
        rollout, bearers, first);
  }

  public FleetOptions withFinish(Finish value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        value,
        security,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withSecurity(SecurityOptions value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        value,
        field,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withField(FieldOptions value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        value,
        commands,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withCommands(CommandOptions value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        value,
        rollout,
        bearers,
        first);
  }

  public FleetOptions withRollout(RolloutOptions value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        value,
        bearers,
        first);
  }

  public FleetOptions withBearers(BearerOptions value) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        value,
        first);
  }

  /** The same fleet from this terminal on. */
  public FleetOptions from(int number) {
    return new FleetOptions(
        target,
        app,
        terminals,
        seed,
        load,
        persona,
        connectionsPerSecond,
        finish,
        security,
        field,
        commands,
        rollout,
        bearers,
        number);
  }

  /** Whether any of its frames goes as a datagram. */
  boolean datagrams() {
    return bearers.bearer() == Bearer.UDP || field.switches();
  }

  /** Whether nothing is signed or encrypted, for a telephone number is the proof. */
  boolean bare() {
    return bearers.bearer() == Bearer.SMS;
  }
}
