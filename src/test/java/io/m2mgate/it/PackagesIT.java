package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Files that terminals will be told to fetch, from upload to removal (6.1.8). */
class PackagesIT {
  private static final int MOST = 4_000_000;
  private static final String BASE = "/v1/packages";

  private static GatewayProcess gateway;
  private static Api mine;
  private static Api other;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("packages.maxBytes=" + MOST, "packages.uploads=2");
    mine = gateway.api().createApplication("EC01");
    other = gateway.api().createApplication("EC02");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static byte[] content(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static JsonNode upload(String query, byte[] content) {
    var answer = mine.full("POST", BASE + "?" + query, content).answer();
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json();
  }

  private static String sha256(byte[] content) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }

  private static List<Path> files(GatewayProcess of) throws IOException {
    try (Stream<Path> all = Files.walk(of.dataDir().resolve("packages"))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  // Verifies the check values, the file named by its content, and that the bytes come back, also
  // after a kill.
  @Test
  void keepsWhatWasUploaded() throws Exception {
    byte[] content = content(1, 3_000_001);
    CRC32 crc32 = new CRC32();
    crc32.update(content);
    try (GatewayProcess its = GatewayProcess.start()) {
      Api app = its.api().createApplication("EC01");
      var answer = app.full(
              "POST",
              BASE + "?name=meter&version=2.1&model=M7&notes=first%20one&sha256=" + sha256(content),
              content)
          .answer();
      assertThat(answer.status()).as(answer.body()).isEqualTo(201);
      JsonNode made = answer.json();
      assertThat(made.path("sizeBytes").asLong()).isEqualTo(content.length);
      assertThat(made.path("crc32").asText()).isEqualTo(String.format("%08X", crc32.getValue()));
      assertThat(made.path("crc16").asText()).isEqualTo(modbus(content));
      assertThat(made.path("sha256").asText()).isEqualTo(sha256(content));
      assertThat(made.path("versionDescription").asText()).isEqualTo("2.1");
      assertThat(files(its))
          .extracting(file -> file.getFileName().toString())
          .containsExactly(sha256(content));
      its.kill().restart();
      String path = BASE + "/" + made.path("id").asText();
      assertThat(app(its, app).get(path).json()).isEqualTo(made);
      assertThat(app(its, app).get(path + "/content").status()).isEqualTo(200);
      assertThat(Files.readAllBytes(files(its).get(0))).isEqualTo(content);
    }
  }

  private static Api app(GatewayProcess its, Api before) {
    return its.api().as(before.key());
  }

  /** CRC-16/MODBUS bit by bit. */
  private static String modbus(byte[] content) {
    int crc = 0xFFFF;
    for (byte b : content) {
      crc ^= b & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0xA001 : crc >>> 1;
      }
    }
    return String.format("%04X", crc);
  }

  // Verifies that one application's packages do not exist for another.
  @Test
  void belongToTheirApplication() {
    String path =
        BASE + "/" + upload("name=own&version=1.0", content(2, 10)).path("id").asText();
    for (String method : List.of("GET", "DELETE")) {
      assertThat(other.full(method, path, new byte[0]).answer().status()).isEqualTo(404);
    }
    assertThat(other.get(path + "/content").status()).isEqualTo(404);
    assertThat(other
            .call("PATCH", path, Api.JSON.createObjectNode().put("notes", "x"))
            .status())
        .isEqualTo(404);
    assertThat(other.get(BASE).json().path("items")).isEmpty();
    assertThat(other.get(BASE + "?app=EC01").status()).isEqualTo(404);
    assertThat(gateway.api().get(BASE + "?app=EC01&name=own").json().path("items"))
        .hasSize(1);
    assertThat(mine.get(path).status()).isEqualTo(200);
  }

  // Verifies that bad requests say what is wrong and leave nothing.
  @Test
  void refusesWhatCannotBe() throws Exception {
    int before = files(gateway).size();
    upload("name=once&version=1.0", content(3, 10));
    String again = problem(409, "name=once&version=1.0", content(4, 10));
    assertThat(again).contains("already-exists").contains("does not change");
    assertThat(problem(422, "name=a&version=R300100A", content(4, 10)))
        .contains("versionDescription");
    assertThat(problem(422, "version=1.0", content(4, 10))).contains("\"parameter\":\"name\"");
    assertThat(problem(422, "name=b&version=1.0", new byte[0])).contains("empty");
    assertThat(problem(422, "name=b&version=1.0&sha256=" + "0".repeat(64), content(4, 10)))
        .contains("SHA-256 is " + sha256(content(4, 10)));
    assertThat(problem(413, "name=b&version=1.0", content(4, MOST + 1)))
        .contains("packages.maxBytes");
    assertThat(mine.get(BASE + "?name=b").json().path("items")).isEmpty();
    // Of what was refused for its version the content stays until it is let go.
    assertThat(files(gateway).size() - before).isLessThanOrEqualTo(2);
  }

  private static String problem(int status, String query, byte[] content) {
    var answer = mine.full("POST", BASE + "?" + query, content).answer();
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    return answer.body();
  }

  // Verifies that an upload whose sender goes away leaves no file, and frees its place.
  @Test
  void forgetsWhatBreaksOff() throws Exception {
    for (int i = 0; i < 4; i++) {
      try (Socket socket = new Socket(mine.base().getHost(), mine.base().getPort())) {
        OutputStream out = socket.getOutputStream();
        out.write(("POST " + BASE + "?name=cut&version=1." + i
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nAuthorization: Bearer "
                + mine.key() + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
        out.write(content(5, 300_000));
        out.flush();
      }
    }
    var answer =
        mine.full("POST", BASE + "?name=cut&version=2.0", content(6, 10)).answer();
    for (int i = 0; i < 200 && answer.status() == 429; i++) {
      answer = mine.full("POST", BASE + "?name=cut&version=2.0", content(6, 10)).answer();
    }
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    assertThat(mine.get(BASE + "?name=cut").json().path("items")).hasSize(1);
  }

  // Verifies that a file elsewhere is announced as it is, and that one that is not used can go.
  @Test
  void takesFilesElsewhere() {
    String url = "https%3A%2F%2Ffiles.example%2Ffw.bin%3Fv%3D2";
    JsonNode made = upload("name=away&version=2.0&url=" + url, new byte[0]);
    assertThat(made.path("url").asText()).isEqualTo("https://files.example/fw.bin?v=2");
    assertThat(made.has("sha256")).isFalse();
    assertThat(problem(422, "name=away&version=3.0&url=ftp%3A%2F%2Fx", new byte[0]))
        .contains("\"parameter\":\"url\"");
    String path = BASE + "/" + made.path("id").asText();
    JsonNode said =
        mine.call("PATCH", path, Api.JSON.createObjectNode().put("model", "M8")).json();
    assertThat(said.path("model").asText()).isEqualTo("M8");
    assertThat(mine.delete(path).status()).isEqualTo(204);
    assertThat(mine.delete(path).status()).isEqualTo(404);
  }
}
