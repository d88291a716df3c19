package io.m2mgate.bridge.http;

import static io.m2mgate.bridge.BridgeFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.session.SecretSet.Expiries;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When secrets end that an administrator provisions (behaviour 5.3.10). */
class SecretExpiriesIT {
  private static final String SERIAL = "A972030000000001";
  private static final String PATH = "/v1/admin/terminals";
  private static final String RECORD =
      "{\"serial\":\"" + SERIAL + "\",\"imei\":\"351692032182973\",\"app\":\"EC01\",";
  private static final long IN_2035 = 2_051_222_400;

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

  private Expiries stored() {
    return await(bridge.store.terminals().load(List.of(SERIAL)))
        .get(0)
        .security()
        .expiries();
  }

  private HttpResponse<String> create(String members) {
    return bridge.post(PATH, BridgeFixture.ADMIN, RECORD + members + "}");
  }

  private HttpResponse<String> patch(String body) {
    return bridge.send("PATCH", PATH + "/" + SERIAL, BridgeFixture.ADMIN, body);
  }

  /** Verifies that ends are kept as they are said, go with another secret, and can be taken away. */
  @Test
  void keepsWhatIsSaid() {
    assertThat(create("\"uplinkPassword\":\"abcd1234\",\"downlinkPassword\":\"dcba4321\","
                + "\"uplinkPasswordExpires\":\"2035-01-01T00:00:00Z\"")
            .statusCode())
        .isEqualTo(201);
    assertThat(stored())
        .isEqualTo(new Expiries(IN_2035, Expiries.NONE, Expiries.NONE, Expiries.NONE));

    assertThat(
            patch("{\"downlinkPasswordExpires\":\"2035-01-01T01:00:00+01:00\"}").statusCode())
        .isEqualTo(200);
    assertThat(stored()).isEqualTo(new Expiries(IN_2035, IN_2035, Expiries.NONE, Expiries.NONE));

    assertThat(patch("{\"uplinkPassword\":\"other123\",\"downlinkPasswordExpires\":null}")
            .statusCode())
        .isEqualTo(200);
    assertThat(stored()).isEqualTo(Expiries.NEVER);
  }

  /** Verifies that an end that is none is refused with its place. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"tomorrow\"",
        "1",
        "\"2001-01-01T00:00:00Z\"",
        "\"2106-02-07T06:28:15Z\"",
      })
  void refusesWhatIsNoEnd(String end) {
    var answer = create("\"baseKey\":\"" + "00".repeat(16) + "\",\"baseKeyExpires\":" + end);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body()).contains("/baseKeyExpires");
  }

  /** Verifies that a new terminal has no end of a secret that it has not. */
  @Test
  void refusesAnEndOfNothing() {
    var answer = create("\"baseKeyExpires\":\"2035-01-01T00:00:00Z\"");
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).contains("/baseKeyExpires");
  }
}
