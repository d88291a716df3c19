package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Api;
import io.m2mgate.peer.Fates;
import io.m2mgate.peer.Fates.Fate;
import io.m2mgate.peer.Fates.Kind;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Habits;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.LossyTerminal;
import io.m2mgate.peer.PeerRotation;
import io.m2mgate.peer.PeerTerminal;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lost, repeated and late messages at every step of registration, login and rotation: when the line is good again, each terminal
 * comes back (behaviour 5.3.1, 5.3.2, 5.3.10, 5.4.6). Many terminals live at a time, for they mostly wait.
 */
class LossyLifeIT {
  private static final String APP = "EC01";
  private static final String PROFILE = "quick";
  private static final String PLACEHOLDER = "ACME000100000000";
  private static final int AT_A_TIME = 100;
  private static final long FIRST_SEED = Long.getLong("m2mgate.seed", 1);
  private static final long KILLED_SEED = FIRST_SEED + 1_000_000;
  private static final boolean REPLAY = Long.getLong("m2mgate.seed") != null;
  private static final int ANSWER = 0x8000;

  private static final String REGISTRATION = "registration";
  private static final String ROTATION = "rotation";
  private static final String CLEARED = "cleared";
  private static final String END = "good line";

  private static final Duration STAGE = Duration.ofSeconds(15);
  private static final Duration LISTEN = Duration.ofMillis(800);

  /** Enough for three sends of secrets whose ack does not arrive. */
  private static final Duration REPEATS = Duration.ofSeconds(5);

  /** A lost answer takes a terminal a few tries; hopeless LOGINs and a registration are among them. */
  private static final int TRIES = 8;

  private static final CountDownLatch NOBODY = new CountDownLatch(0);
  private static final long BETWEEN_KILLS = 6;
  private static final int MOST_KILLS = 20;
  private static final int KILLED = 50;

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  /** How a life went; empty fault when the terminal came back. */
  private record Lived(String name, Optional<String> fault, int refused, int switches) {}

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "registration.repeatSeconds=1",
        "registration.perSourcePerMinute=1000000",
        "registration.perMinute=1000000",
        "security.sourceChecksPerSecond=1000000");
    admin = gateway.api();
    app = admin.createApplication(APP);
    admin.createProfile(PROFILE, profile -> {
      profile.put("terminalTimeoutSeconds", 1);
      profile
          .putObject("exchange")
          .put("timeoutSeconds", 1)
          .put("udpTimeoutSeconds", 1)
          .put("sends", 3)
          .put("gapMillis", 300);
    });
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies that each message lost once, twice or three times, repeated or late, at each stage, is
  // got over by a terminal that never registers again by itself.
  @Test
  @Tag("long")
  void getsOverEachMessage() {
    List<Life> lives = new ArrayList<>();
    kinds()
        .forEach((stage, kinds) -> kinds.forEach(kind -> {
          for (int lost = 1; lost <= 3; lost++) {
            lives.add(targeted(stage, kind, Fate.LOST, lost));
          }
          lives.add(targeted(stage, kind, Fate.TWICE, 1));
          lives.add(targeted(stage, kind, Fate.LATE, 1));
        }));
    assertAllCame(live(lives));
  }

  // Verifies the same for any mixture of them, over a few histories.
  @Test
  void comesBackAfterAnything() {
    assertAllCame(histories(50));
  }

  // Verifies the same over many.
  @Test
  @Tag("long")
  void comesBackAfterAnythingManyTimes() {
    assertAllCame(histories(Integer.getInteger("m2mgate.histories", 1_000)));
  }

  // Verifies the same with the gateway killed again and again while the lines are bad.
  @Test
  @Tag("long")
  void comesBackThoughTheGatewayIsKilled() throws InterruptedException {
    var wild = new CountDownLatch(KILLED);
    var calm = new CountDownLatch(1);
    var histories = Executors.newSingleThreadExecutor();
    try {
      Future<List<Lived>> lives = histories.submit(() -> live(LongStream.range(0, KILLED)
          .mapToObj(i -> random(KILLED_SEED + i, wild, calm))
          .toList()));
      for (int i = 0; i < MOST_KILLS && !wild.await(BETWEEN_KILLS, TimeUnit.SECONDS); i++) {
        gateway.kill().restart();
      }
      calm.countDown();
      assertAllCame(lives.get());
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      histories.shutdownNow();
    }
  }

  private static Map<String, List<Kind>> kinds() {
    List<Kind> registering = List.of(
        up(PeerTerminal.REGISTER),
        answer(PeerTerminal.REGISTER),
        new Kind(false, PeerRotation.SECURITY_CONFIG),
        up(PeerRotation.ACK),
        up(PeerTerminal.LOGIN),
        answer(PeerTerminal.LOGIN),
        up(PeerTerminal.CONFIG_TRAP),
        answer(PeerTerminal.CONFIG_TRAP),
        up(PeerTerminal.DATA),
        answer(PeerTerminal.DATA));
    List<Kind> rotating = List.of(
        new Kind(false, PeerRotation.SECURITY_CONFIG),
        up(PeerRotation.ACK),
        up(PeerTerminal.LOGOUT),
        answer(PeerTerminal.LOGOUT),
        up(PeerTerminal.LOGIN),
        answer(PeerTerminal.LOGIN),
        up(PeerTerminal.CONFIG_TRAP),
        answer(PeerTerminal.CONFIG_TRAP),
        up(PeerTerminal.DATA),
        answer(PeerTerminal.DATA));
    return Map.of(REGISTRATION, registering, ROTATION, rotating, CLEARED, registering);
  }

  private static Kind up(int command) {
    return new Kind(true, command);
  }

  private static Kind answer(int command) {
    return new Kind(false, command | ANSWER);
  }

  @FunctionalInterface
  private interface Life {
    Lived live() throws InterruptedException;
  }

  private static Life targeted(String stage, Kind kind, Fate fate, int times) {
    return () -> {
      var fates = new Fates.Of(stage, kind, fate, times);
      // Encrypts and logs out; relies on its secrets.
      Habits habits = new Habits(times % 2 == 0, false, true, true, false, false);
      boolean patient = kind.command() == PeerRotation.ACK;
      try (LossyTerminal terminal =
          terminal(habits, fates).waiting(patient ? REPEATS : Duration.ZERO)) {
        boolean all = wholeLife(terminal);
        boolean came = comesBack(terminal);
        String name = fates + " with " + habits;
        if (all && came && fates.met() == times && terminal.refused() == 0) {
          return new Lived(name, Optional.empty(), 0, terminal.switches());
        }
        String what = "lived %s, came back %s, met %d, refused %d"
            .formatted(all, came, fates.met(), terminal.refused());
        return lived(name, what, terminal);
      }
    };
  }

  private static Lived lived(String name, String fault, LossyTerminal terminal) {
    return new Lived(
        name,
        Optional.of(fault + "\n  " + String.join("\n  ", terminal.trace())),
        terminal.refused(),
        terminal.switches());
  }

  private static List<Lived> histories(int many) {
    return live(LongStream.range(0, REPLAY ? 1 : many)
        .mapToObj(i -> random(FIRST_SEED + i, NOBODY, NOBODY))
        .toList());
  }

  private static Life random(long seed, CountDownLatch wild, CountDownLatch calm) {
    return () -> {
      var random = new SplittableRandom(seed);
      Habits habits = Habits.of(random.nextInt(64));
      int percent = 5 + random.nextInt(15);
      try (LossyTerminal terminal = terminal(habits, Fates.random(seed, percent))) {
        wholeLife(terminal);
        for (int i = random.nextInt(4); i > 0; i--) {
          something(random.nextInt(5), terminal);
        }
        String name = "-Dm2mgate.seed=%d: %d %% with %s".formatted(seed, percent, habits);
        wild.countDown();
        calm.await();
        if (!comesBack(terminal)) {
          return lived(name, "did not come back", terminal);
        }
        // Its secrets were given to it, so that none of them may ever be refused.
        return terminal.refused() > 0 && !terminal.corrupted()
            ? lived(name, "was refused", terminal)
            : new Lived(name, Optional.empty(), terminal.refused(), terminal.switches());
      }
    };
  }

  private static void something(int what, LossyTerminal terminal) {
    switch (what) {
      case 0 -> rotates(terminal);
      case 1 -> {
        terminal.reboot();
        until(() -> terminal.delivers(APP));
      }
      case 2 -> clears(terminal);
      case 3 -> {
        if (terminal.habits().registersAgain() && !terminal.serial().equals(PLACEHOLDER)) {
          terminal.corrupts();
          until(() -> terminal.delivers(APP));
        }
      }
      default -> {
        wish(terminal);
        terminal.delivers(APP);
        terminal.reboot();
        until(() -> terminal.delivers(APP));
      }
    }
  }

  private static LossyTerminal terminal(Habits habits, Fates fates) {
    Identity known = Identity.fresh();
    var record = Api.terminalJson(known, APP, PROFILE);
    record.remove(List.of("uplinkPassword", "downlinkPassword"));
    assertThat(admin.call("POST", "/v1/admin/terminals", record).status()).isEqualTo(201);
    return new LossyTerminal(gateway.terminals(), known, PLACEHOLDER, habits, fates);
  }

  /** False when a stage did not come to its end in time. */
  private static boolean wholeLife(LossyTerminal terminal) {
    terminal.begins(REGISTRATION);
    boolean registered = until(() -> terminal.delivers(APP));
    return registered & rotates(terminal) & clears(terminal);
  }

  private static boolean rotates(LossyTerminal terminal) {
    terminal.begins(ROTATION);
    int before = terminal.switches();
    wish(terminal);
    return until(() -> {
      terminal.listens(LISTEN);
      boolean renewed = terminal.switches() > before;
      return terminal.delivers(APP) && renewed;
    });
  }

  private static boolean clears(LossyTerminal terminal) {
    terminal.begins(CLEARED);
    terminal.clear();
    return until(() -> terminal.delivers(APP));
  }

  /** New secrets for it, once those of its registration are settled; a rotation that is open already is as good. */
  private static void wish(LossyTerminal terminal) {
    String path = "/v1/terminals/" + terminal.serial() + "/rotations";
    until(() -> {
      try {
        var asked = app.call("POST", path, Api.JSON.createObjectNode());
        String origin = asked.json().path("origin").asText();
        terminal.note("rotation wished: %d, %s".formatted(asked.status(), origin));
        return !origin.equals(REGISTRATION) || !terminal.delivers(APP);
      } catch (UncheckedIOException e) {
        terminal.note("nobody to wish from");
        return true;
      }
    });
  }

  private static boolean until(BooleanSupplier reached) {
    long deadline = System.nanoTime() + STAGE.toNanos();
    while (System.nanoTime() < deadline) {
      if (reached.getAsBoolean()) {
        return true;
      }
    }
    return false;
  }

  private static boolean comesBack(LossyTerminal terminal) {
    terminal.line(Fates.kind());
    terminal.reboot();
    terminal.begins(END);
    for (int i = 0; i < TRIES; i++) {
      if (terminal.delivers(APP)) {
        return true;
      }
    }
    return false;
  }

  private static List<Lived> live(List<Life> lives) {
    var terminals = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      List<Future<Lived>> begun =
          lives.stream().map(life -> terminals.submit(life::live)).toList();
      List<Lived> all = new ArrayList<>();
      for (Future<Lived> life : begun) {
        all.add(life.get());
      }
      return all;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    } finally {
      terminals.shutdownNow();
    }
  }

  private static void assertAllCame(List<Lived> lives) {
    System.out.printf(
        "%d lives, %d secrets changed in sessions, %d LOGINs refused%n",
        lives.size(),
        lives.stream().mapToInt(Lived::switches).sum(),
        lives.stream().mapToInt(Lived::refused).sum());
    assertThat(lives.stream()
            .filter(it -> it.fault().isPresent())
            .map(it -> it.name() + ": " + it.fault().get()))
        .isEmpty();
  }
}
