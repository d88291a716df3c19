package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static io.m2mgate.bridge.BridgeFixture.await;
import static io.m2mgate.bridge.BridgeFixture.json;
import static io.m2mgate.bridge.BridgeFixture.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.Await;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Import and export of terminals over real sockets on a real store. */
class BulkIT {
  private static final String IMPORT = "/v1/admin/terminals/import";
  private static final String EXPORT = "/v1/admin/terminals/export";
  private static final String PASSWORD = "Secr3tPw";
  private static final int MAX_LINE_BYTES = HttpOptions.at("", 0).uploads().maxLineBytes();
  private static final int BATCH_ROWS = HttpOptions.at("", 0).uploads().batchRows();

  @TempDir
  Path directory;

  private BridgeFixture bridge;

  @BeforeEach
  void open() {
    bridge = new BridgeFixture(directory);
    bridge.application("EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
  }

  private static String serial(int number) {
    return String.format("B%015d", number);
  }

  private static JsonObject record(int number) {
    return new JsonObject()
        .put("serial", serial(number))
        .put("imei", String.format("86%013d", number))
        .put("imsi", String.format("460%012d", number))
        .put("app", "EC01")
        .put("uplinkPassword", PASSWORD);
  }

  private static String records(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> record(i).encode() + "\n")
        .collect(Collectors.joining());
  }

  private HttpResponse<String> ndjson(String query, String body) {
    return bridge.post(IMPORT + query, ADMIN, body, "Content-Type", "application/x-ndjson");
  }

  private HttpResponse<String> csv(String query, String body) {
    return bridge.post(IMPORT + query, ADMIN, body, "Content-Type", "text/csv; charset=utf-8");
  }

  private static List<JsonObject> lines(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().lines().map(JsonObject::new).toList();
  }

  private static JsonObject summary(HttpResponse<String> answer) {
    var lines = lines(answer);
    return lines.get(lines.size() - 1);
  }

  private static JsonObject counts(int created, int updated, int skipped, int failed) {
    return new JsonObject()
        .put("created", created)
        .put("updated", updated)
        .put("skipped", skipped)
        .put("failed", failed)
        .put("lines", created + updated + skipped + failed)
        .put("complete", true);
  }

  /** Verifies that an upload is stored, that the same again is skipped, and that lanes and audit learn of it once. */
  @Test
  void resumesByRepeating() {
    // WHEN
    var first = ndjson("", records(0, 600));
    var again = ndjson("?mode=create", records(0, 700));

    // THEN
    assertThat(summary(first).getMap())
        .containsAllEntriesOf(counts(600, 0, 0, 0).getMap());
    assertThat(lines(again)).hasSize(1);
    assertThat(summary(again).getMap())
        .containsAllEntriesOf(counts(100, 0, 600, 0).getMap());
    assertThat(bridge.changed).hasSize(700).doesNotHaveDuplicates();
    var audit = json(bridge.get("/v1/admin/audit", ADMIN)).getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .filter(entry -> entry.getString("action").equals("terminal.import"))
        .toList();
    assertThat(audit).hasSize(2);
    assertThat(audit.get(0).getJsonObject("detail").getInteger("created")).isEqualTo(100);
    assertThat(audit.toString()).doesNotContain(PASSWORD);
    var stored = await(bridge.store.terminals().load(List.of(serial(5)))).get(0);
    assertThat(new String(stored.security().secrets().uplinkPassword(), StandardCharsets.US_ASCII))
        .startsWith("sealed:uplinkPassword");
    assertThat(bridge
            .meters
            .get("m2mgate_import_lines")
            .tag("outcome", "skipped")
            .counter()
            .count())
        .isEqualTo(600);
  }

  /** Verifies that every bad line is answered with its number and what is wrong with it, in order, and costs no other line. */
  @Test
  void answersEachBadLine() {
    // GIVEN
    var body = record(1).encode() + "\n\n"
        + record(2).put("imei", "12").put("colour", "red").encode() + "\r\n"
        + "{\"serial\": " + PASSWORD + "}\n"
        + "{\"x\":\"" + "y".repeat(MAX_LINE_BYTES) + "\"}\n"
        + record(3).put("imei", record(1).getString("imei")).encode() + "\n"
        + record(1).put("uplinkPassword", "0therPwd").encode() + "\n"
        + record(4).put("app", "NONE").encode() + "\n"
        + "[1]\n"
        + record(5).encode();

    // WHEN
    var answer = ndjson("", body);

    // THEN
    var lines = lines(answer);
    assertThat(summary(answer).getMap()).containsAllEntriesOf(counts(2, 0, 0, 7).getMap());
    assertThat(lines.subList(0, 7))
        .extracting(line -> line.getInteger("line"))
        .containsExactly(3, 4, 5, 6, 7, 8, 9);
    assertThat(lines.subList(0, 7))
        .extracting(line -> line.getString("type").replaceAll(".*:", ""))
        .containsExactly(
            "invalid-request",
            "malformed-json",
            "payload-too-large",
            "already-exists",
            "already-exists",
            "invalid-request",
            "invalid-request");
    assertThat(lines.get(0).getString("serial")).isEqualTo(serial(2));
    assertThat(lines.get(0).getJsonArray("errors").encode()).contains("/imei", "/colour");
    assertThat(lines.get(3).getJsonArray("errors").encode()).contains("/imei");
    assertThat(lines.get(4).getJsonArray("errors").encode()).contains("/serial");
    assertThat(answer.body()).doesNotContain(PASSWORD, "0therPwd");
  }

  /** Verifies that upsert changes what differs, leaves alone what is not named, and takes away what is null. */
  @Test
  void upsertMerges() {
    // GIVEN
    ndjson("", records(0, 3));
    bridge.changed.clear();
    var patch = new JsonObject()
        .put("serial", serial(1))
        .put("imei", record(1).getString("imei"))
        .putNull("imsi")
        .put("app", "EC01")
        .put("enabled", false);

    // WHEN
    var answer = ndjson("?mode=upsert", records(0, 1) + patch.encode() + "\n" + records(3, 4));

    // THEN
    assertThat(summary(answer).getMap()).containsAllEntriesOf(counts(1, 1, 1, 0).getMap());
    assertThat(bridge.changed).containsExactlyInAnyOrder(serial(0), serial(1), serial(3));
    var stored = await(bridge.store.terminals().load(List.of(serial(1)))).get(0);
    assertThat(stored.record().imsi()).isEmpty();
    assertThat(stored.record().enabled()).isFalse();
    assertThat(stored.security().secrets().uplinkPassword()).isNotEmpty();
  }

  /** Verifies that CSV is read with quotes, empty cells and flags, that its bad lines cost themselves, and bad columns everything. */
  @Test
  void readsCsv() {
    // GIVEN
    var body = "serial,imei,app,enabled,uplinkPassword,msisdn\r\n"
        + serial(1) + ",860000000000001,EC01,true," + PASSWORD + ",\"+8613800000001\"\r\n"
        + serial(2) + ",860000000000002,EC01,,,\r\n"
        + serial(3) + ",860000000000003,\"EC01,,,\r\n"
        + serial(4) + ",860000000000004,EC01\r\n"
        + serial(5) + ",860000000000005,EC01,maybe,,\r\n"
        + serial(6) + ",860000000000006,EC01,false,,";

    // WHEN
    var answer = csv("", body);
    var columns = csv("", "serial,imei,colour,serial\nx,y,z,0\n");
    var empty = csv("", "");

    // THEN
    assertThat(summary(answer).getMap()).containsAllEntriesOf(counts(3, 0, 0, 3).getMap());
    assertThat(lines(answer).subList(0, 3))
        .extracting(line -> line.getInteger("line"))
        .containsExactly(4, 5, 6);
    var one = json(bridge.get("/v1/admin/terminals/" + serial(1), ADMIN));
    assertThat(one.getString("msisdn")).isEqualTo("+8613800000001");
    assertThat(json(bridge.get("/v1/admin/terminals/" + serial(6), ADMIN)).getBoolean("enabled"))
        .isFalse();
    assertThat(columns.statusCode()).isEqualTo(422);
    assertThat(columns.body()).contains("no such column", "named twice", "lacks the column app");
    assertThat(summary(empty).getInteger("lines")).isZero();
  }

  /** Verifies that what cannot be an import is refused before anything is read. */
  @Test
  void refusesWhatIsNone() {
    var key = bridge.application("EC02");
    assertThat(problem(bridge.post(IMPORT, key, "", "Content-Type", "text/csv")))
        .isEqualTo("scope-missing");
    assertThat(problem(bridge.post(IMPORT, ADMIN, "", "Content-Type", "application/json")))
        .isEqualTo("unsupported-media-type");
    assertThat(problem(ndjson("?mode=replace", ""))).isEqualTo("invalid-request");
    assertThat(problem(ndjson("?dry=1", ""))).isEqualTo("invalid-request");
    assertThat(problem(bridge.get(IMPORT, ADMIN))).isEqualTo("method-not-allowed");
    assertThat(problem(bridge.get(EXPORT + "?format=xml", ADMIN))).isEqualTo("invalid-request");
  }

  /** Verifies that a client that goes away in the middle keeps what was committed, and that half a line is no line. */
  @Test
  void keepsWhatWasCommitted() throws IOException {
    // WHEN
    try (var socket = new Socket("127.0.0.1", bridge.httpPort())) {
      var out = socket.getOutputStream();
      out.write(("POST " + IMPORT + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + ADMIN
              + "\r\nContent-Type: application/x-ndjson\r\nContent-Length: 10000000\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      out.write(records(0, BATCH_ROWS).getBytes(StandardCharsets.US_ASCII));
      out.write(record(9_999).encode().substring(0, 60).getBytes(StandardCharsets.US_ASCII));
      out.flush();
      Await.until("stored batch", Await.PATIENCE, () -> stored() == BATCH_ROWS);
    }

    // THEN
    Await.until(
        "audit entry",
        Await.PATIENCE,
        () -> bridge
            .get("/v1/admin/audit", ADMIN)
            .body()
            .contains("\"complete\":false,\"lastLine\":" + BATCH_ROWS));
    assertThat(stored()).isEqualTo(BATCH_ROWS);
  }

  private int stored() {
    return await(bridge.store.terminals().list(TerminalFilter.ALL, Optional.empty(), 1_000))
        .items()
        .size();
  }

  /** Verifies that a store that goes away ends the upload with a problem, which is no success. */
  @Test
  void saysWhenTheStoreIsAway() {
    bridge.closeStore();

    var answer = ndjson("", records(0, 600));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(problem(answer)).isEqualTo("store-unavailable");
  }

  /** Verifies that a download has every terminal of its filter and no secret, in both forms, and can be uploaded again. */
  @Test
  void exportsWhatImportTakes() {
    // GIVEN
    ndjson("", records(0, 1_300));
    bridge.application("EC03");
    bridge.terminal("C000000000000001", "EC03");

    // WHEN
    var ndjson = bridge.get(EXPORT + "?app=EC01", ADMIN);
    var csv = bridge.get(EXPORT + "?format=csv&state=never", ADMIN);

    // THEN
    assertThat(ndjson.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    assertThat(ndjson.body().lines()).hasSize(1_300);
    assertThat(csv.headers().firstValue("Content-Type")).contains("text/csv");
    assertThat(csv.body().lines()).hasSize(1_302);
    assertThat(csv.body()).startsWith("serial,imei,imsi,app,profile,msisdn,enabled\n");
    assertThat(ndjson.body() + csv.body()).doesNotContain(PASSWORD, "sealed", "Password");
    assertThat(summary(ndjson("", ndjson.body())).getMap())
        .containsAllEntriesOf(counts(0, 0, 1_300, 0).getMap());
    assertThat(summary(csv("?mode=upsert", csv.body())).getMap())
        .containsAllEntriesOf(counts(0, 0, 1_301, 0).getMap());
    assertThat(bridge.get(EXPORT + "?q=none", ADMIN).body()).isEmpty();
    assertThat(bridge.get(EXPORT, ADMIN, "Accept", "text/csv").body()).startsWith("serial,");
  }
}
