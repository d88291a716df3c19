package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.LedgerBook;
import io.m2mgate.peer.LedgerBook.Balance;
import io.m2mgate.peer.PeerLink;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.Probe;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Terminals that are too many, come too often, or are twice the same. */
@Tag("long")
class CrowdIT {
  private static final int QUIET_SECONDS = 3_600;
  private static final String APP = "EC01";
  private static final int HEAP = 256;
  private static final int FIRST = 700_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  // Verifies that more connections than allowed are refused
  // and counted, and that those who are there are served.
  @Test
  void refusesMoreConnectionsThanAllowed() {
    try (var gateway = GatewayProcess.startWithin(HEAP, "terminal.limits.maxConnections=50")) {
      Api admin = gateway.api();
      admin.createApplication(APP);
      List<PeerLink> links = new ArrayList<>();
      try (PeerTerminal terminal =
          gateway.terminal(admin.createTerminal(Identity.fresh(), APP)).login()) {
        // WHEN 200 more come
        for (int i = 0; i < 200; i++) {
          links.add(new PeerLink(gateway.terminals()));
        }
        // THEN all but 49 are refused
        Await.until("refusals", PATIENCE, () -> closed(admin, "not-admitted") == 151);
        assertThat(terminal.data(APP, new byte[] {1})).isZero();
        // AND there is room again when they went
        links.forEach(PeerLink::close);
        Await.until("room", PATIENCE, () -> closed(admin, "peer") >= 49);
        assertThat(terminal.reconnect().data(APP, new byte[] {2})).isZero();
      } finally {
        links.forEach(PeerLink::close);
      }
    }
  }

  private static double closed(Api admin, String reason) {
    return admin.metric("m2mgate_connections_closed_total", "reason=\"" + reason + "\"");
  }

  // Verifies that two connections that claim one serial,
  // logging in again and again, lose and double nothing.
  @Test
  void servesOneSerialFromTwoPlaces() throws Exception {
    try (var gateway = GatewayProcess.startWithin(HEAP)) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      ExecutorService threads = Executors.newFixedThreadPool(2);
      // WHEN both log in in turn and send readings of their own, until each has 100 acknowledged
      List<Future<Set<Long>>> claims = List.of(
          threads.submit(() -> claim(gateway, who, 0)),
          threads.submit(() -> claim(gateway, who, 1_000_000)));
      Set<Long> acknowledged = new HashSet<>();
      for (Future<Set<Long>> claim : claims) {
        acknowledged.addAll(claim.get(60, TimeUnit.SECONDS));
      }
      threads.shutdownNow();
      // THEN every acknowledged reading is in the log, each place's in order,
      // doubled only where it says so
      long unmarked = 0;
      long reordered = 0;
      var last = new TreeMap<Long, Long>();
      Set<Long> logged = new HashSet<>();
      for (JsonNode event : app.readings(acknowledged.size(), who)) {
        long number = ByteBuffer.wrap(payload(event)).getInt();
        if (logged.add(number)) {
          Long before = last.put(number / 1_000_000, number);
          reordered += before == null || before < number ? 0 : 1;
        } else {
          unmarked += event.at("/data/suspectedDuplicate").asBoolean() ? 0 : 1;
        }
      }
      long lost =
          acknowledged.stream().filter(number -> !logged.contains(number)).count();
      LedgerBook.enter(new Balance(
          "one serial from two places",
          "SQLite",
          0,
          acknowledged.size(),
          logged.size(),
          lost,
          unmarked,
          reordered));
      assertThat(acknowledged).as("both get through").hasSizeGreaterThan(20);
      assertThat(lost).as("lost").isZero();
      assertThat(unmarked).as("duplicates unmarked").isZero();
      assertThat(reordered).as("out of order").isZero();
      assertThat(gateway.process().output()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  private static byte[] payload(JsonNode event) {
    return java.util.Base64.getDecoder().decode(event.at("/data/payload").asText());
  }

  private static Set<Long> claim(GatewayProcess gateway, Identity who, int first) {
    Set<Long> acknowledged = new HashSet<>();
    int number = first;
    try (PeerTerminal terminal = gateway.terminal(who).countingFrom(first + 1)) {
      long deadline = System.nanoTime() + Duration.ofSeconds(50).toNanos();
      while (acknowledged.size() < 100 && System.nanoTime() < deadline) {
        try {
          terminal.login();
          for (int i = 0; i < 10; i++) {
            byte[] request = terminal.signed(
                PeerTerminal.DATA,
                PeerTerminal.dataBody(
                    APP, ByteBuffer.allocate(4).putInt(++number).array()));
            terminal.link().write(request);
            // The other's login ended this session: a wrong digest has no answer.
            var answer = terminal.link().read(Duration.ofMillis(300));
            if (answer.isEmpty()) {
              break;
            }
            if (answer.get().signed() && answer.get().result() == 0) {
              acknowledged.add((long) number);
            }
          }
        } catch (AssertionError otherLogin) {
          terminal.reconnect();
        }
      }
    }
    return acknowledged;
  }

  // Verifies that a terminal that connects a thousand times a second leaves nothing behind, and
  // reports what its neighbour feels.
  @Test
  void standsReconnecting() throws Exception {
    reconnect(Duration.ofSeconds(60), 1_000);
  }

  // Verifies the same of one that does so as fast as it can.
  @Test
  void standsReconnectingWithoutPause() throws Exception {
    reconnect(Duration.ofSeconds(15), 1_000_000);
  }

  private static void reconnect(Duration duration, int perSecond) throws Exception {
    try (var gateway =
        GatewayProcess.startWithin(HEAP, "terminal.limits.acceptPerSecond=1000000")) {
      Api admin = gateway.api();
      Api app = admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      try (var probe = new Probe(gateway, app, APP);
          PeerTerminal terminal = gateway.terminal(who).login()) {
        Probe.Figures alone = probe.measure(100);
        int descriptors = gateway.descriptors();
        var made = new AtomicLong();
        long began = System.nanoTime();
        // WHEN a terminal connects, sends one beat of its session, and connects again
        var thread = new Thread(() -> {
          for (long now = began; now - began < duration.toNanos(); now = System.nanoTime()) {
            if (made.get() * 1e9 / perSecond <= now - began) {
              terminal.reconnect();
              terminal.link().write(terminal.signed(PeerTerminal.HEART_BEAT, new byte[0]));
              made.incrementAndGet();
            } else {
              Thread.yield();
            }
          }
        });
        thread.start();
        var besides = new ArrayList<Probe.Figures>();
        while (thread.isAlive()) {
          besides.add(probe.measure(100));
        }
        // THEN the neighbour is answered, and nothing stays open
        double rate = made.get() / (duration.toMillis() / 1_000.0);
        System.out.printf(
            "%,.0f connections a second: alone %s; beside first %s, last %s%n",
            rate, alone, besides.get(0), besides.get(besides.size() - 1));
        assertThat(rate).as("connections a second").isGreaterThan(500);
        Await.until(
            "descriptors given back", PATIENCE, () -> gateway.descriptors() <= descriptors + 2);
        assertThat(terminal.reconnect().data(APP, new byte[] {1})).isZero();
      }
      assertThat(gateway.process().output()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  /** Terminals that need not be heard while the others come. */
  private static List<PeerTerminal> connected(GatewayProcess gateway, Api admin, int count) {
    String quiet =
        admin.createProfile("quiet", profile -> profile.put("heartbeatSeconds", QUIET_SECONDS));
    IntStream.range(0, count)
        .parallel()
        .forEach(i -> admin.createTerminal(Identity.numbered(FIRST + i), APP, quiet));
    List<PeerTerminal> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(gateway.terminal(Identity.numbered(FIRST + i)).login());
    }
    return all;
  }

  /** One reading of each, one after the other; median and p99 in milliseconds. */
  private static double[] round(List<PeerTerminal> terminals) {
    long[] nanos = new long[terminals.size()];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      assertThat(terminals.get(i).data(APP, new byte[] {1})).isZero();
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return new double[] {nanos[nanos.length / 2] / 1e6, nanos[nanos.length * 99 / 100] / 1e6};
  }

  // Verifies that 19,000 terminals can be there at once, and reports what they take.
  @Test
  void holdsNineteenThousand() throws Exception {
    int wanted = 19_000;
    var limit = new ProcessBuilder("sh", "-c", "ulimit -Hn").start();
    String most = new String(limit.getInputStream().readAllBytes()).strip();
    assumeTrue(
        most.equals("unlimited") || Long.parseLong(most) >= wanted + 900,
        () -> "needs " + (wanted + 900) + " descriptors, the limit is " + most);
    try (var gateway = GatewayProcess.startWithin(512)) {
      Api admin = gateway.api();
      admin.createApplication(APP);
      long before = gateway.residentMegabytes();
      List<PeerTerminal> all = connected(gateway, admin, wanted);
      try {
        System.out.printf(
            "%d idle terminals: resident %d MB before, %d MB with them, heap %.0f MB used%n",
            wanted,
            before,
            gateway.residentMegabytes(),
            admin.metric("jvm_memory_used_bytes", "area=\"heap\"") / 1024 / 1024);
        assertThat(round(all.subList(0, 1_000))[0]).isLessThan(1_000);
        assertThat(admin.metric("m2mgate_connections")).isEqualTo(wanted);
      } finally {
        all.forEach(PeerTerminal::close);
      }
    }
  }
}
