package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.session.SessionState;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import io.m2mgate.store.CommitUnit;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Measures import, export and lists with many terminals; used by the long tests of both engines. One thread. */
final class BulkFigures {
  private static final int SMALL = 2_000;
  private static final int LARGE = 200_000;
  private static final int ROUNDS = 41;
  private static final List<String> LISTS = List.of(
      "",
      "state=online",
      "state=offline",
      "state=never",
      "state=disabled",
      "enabled=true",
      "profile=lenient",
      "app=EC02",
      "app=EC02&state=offline",
      "app=EC02&profile=wmmp-3",
      "q=86000000000019",
      "q=860",
      "q=nothing");

  private final BridgeFixture bridge;
  private final Path directory;

  BulkFigures(BridgeFixture bridge, Path directory) {
    this.bridge = bridge;
    this.directory = directory;
  }

  /** Gives the seconds that 100,000 lines took, and fails when a page of a list grows with the fleet. */
  double measure() throws Exception {
    bridge.application("EC01");
    bridge.application("EC02");
    upload(0, SMALL);
    sessions(0, SMALL);
    Map<String, Double> before = pages(SMALL);
    double created = upload(SMALL, LARGE) * 100_000 / (LARGE - SMALL);
    double skipped = upload(0, 100_000);
    sessions(SMALL, LARGE);
    long started = System.nanoTime();
    long lines = bridge
        .client()
        .send(request("/v1/admin/terminals/export").GET().build(), BodyHandlers.ofLines())
        .body()
        .count();
    double export = seconds(started);
    assertThat(lines).isEqualTo(LARGE);
    System.out.printf(
        "100,000 lines: created in %.1f s, skipped in %.1f s; export of %,d in %.1f s%n",
        created, skipped, lines, export);
    Map<String, Double> after = pages(LARGE);
    after.forEach((list, millis) -> {
      double ratio = millis / before.get(list);
      System.out.printf(
          "%-28s %6.2f ms of %,d, %6.2f ms of %,d, ratio %.2f%n",
          list.isEmpty() ? "(all)" : list, millis, LARGE, before.get(list), SMALL, ratio);
      assertThat(millis).as("a page of " + list).isLessThan(Math.max(20, 6 * before.get(list)));
    });
    return created;
  }

  private double upload(int from, int to) throws Exception {
    Path lines = lines(from, to);
    long started = System.nanoTime();
    var answer = bridge
        .client()
        .send(
            request("/v1/admin/terminals/import")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofFile(lines))
                .build(),
            BodyHandlers.ofString());
    double took = seconds(started);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    var summary = new JsonObject(answer.body());
    assertThat(summary.getInteger("lines")).isEqualTo(to - from);
    assertThat(summary.getInteger("failed")).isZero();
    return took;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bridge.httpPort() + path))
        .timeout(Duration.ofMinutes(5))
        .header("Authorization", "Bearer " + ADMIN);
  }

  /** In a file: a body of many small pieces would measure the client. */
  private Path lines(int from, int to) throws IOException {
    return Files.write(directory.resolve("fleet.ndjson"), (Iterable<String>)
        IntStream.range(from, to).mapToObj(BulkFigures::line)::iterator);
  }

  /** One in a hundred is of the small application, of another profile, or disabled. */
  private static String line(int number) {
    var json = new JsonObject()
        .put("serial", serial(number))
        .put("imei", String.format("860%012d", number))
        .put("imsi", String.format("460%012d", number))
        .put("msisdn", String.format("+86138%08d", number))
        .put("app", number % 100 == 1 ? "EC02" : "EC01")
        .put("profile", number % 100 == 2 ? "lenient" : "wmmp-3")
        .put("enabled", number % 100 != 3)
        .put("uplinkPassword", "abcd1234")
        .put("downlinkPassword", "efgh5678")
        .put("baseKey", "00112233445566778899aabbccddeeff");
    return json.encode();
  }

  private static String serial(int number) {
    return String.format("F%015d", number);
  }

  /** Half of them are online and one in a hundred offline, in the last part of the order more than in the first. */
  private void sessions(int from, int to) throws Exception {
    var units = new ArrayList<CommitUnit>();
    for (int i = from; i < to; i++) {
      if (i % 2 == 0 || i % 100 == 1) {
        var state = new SessionState(
            5, Optional.empty(), List.of(), Optional.empty(), i % 2 == 0, false, 1_000 + i, "{}");
        units.add(new CommitUnit(List.of(new Change.PutSession(serial(i), state)), outcome -> {}));
      }
      if (units.size() == 2_000 || i == to - 1 && !units.isEmpty()) {
        var done = new CompletableFuture<CommitBatch>();
        bridge.store.journal().append(new CommitBatch(List.copyOf(units), done::complete));
        done.get(30, TimeUnit.SECONDS);
        units.clear();
      }
    }
  }

  /** The median duration of a page of each list, from the middle of the fleet on. */
  private Map<String, Double> pages(int fleet) {
    var cursor = java.util.Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(serial(fleet / 2).getBytes(StandardCharsets.UTF_8));
    var medians = new TreeMap<String, Double>();
    for (String list : LISTS) {
      double[] millis = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        long started = System.nanoTime();
        var path =
            "/v1/admin/terminals?limit=10&cursor=" + cursor + (list.isEmpty() ? "" : "&" + list);
        assertThat(bridge.get(path, ADMIN).statusCode()).isEqualTo(200);
        millis[round] = seconds(started) * 1000;
      }
      Arrays.sort(millis);
      medians.put(list, millis[ROUNDS / 2]);
    }
    return medians;
  }

  private static double seconds(long started) {
    return (System.nanoTime() - started) / 1e9;
  }
}
