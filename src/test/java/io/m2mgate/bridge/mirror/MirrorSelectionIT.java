package io.m2mgate.bridge.mirror;

import static io.m2mgate.bridge.BridgeFixture.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.BrokerTap;
import io.m2mgate.peer.BrokerTap.Heard;
import io.m2mgate.peer.BrokerTap.Inbox;
import io.m2mgate.peer.Mosquitto;
import io.m2mgate.store.Store.Retention;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a mirror publishes, from where on, and what becomes of it when logs come, go and are cut. */
@Timeout(60)
class MirrorSelectionIT {
  private static final String ONE = "A972030000000001";
  private static final String TWO = "A972030000000002";
  private static final String DATA = "m2m.data.up";
  private static final String LOGIN = "m2m.terminal.login";
  private static final long DAY = 86_400_000L;

  @TempDir
  Path directory;

  private final Inbox inbox = new Inbox();
  private BridgeFixture bridge;
  private Mosquitto broker;
  private BrokerTap tap;

  @BeforeEach
  void open() throws Exception {
    broker = Mosquitto.open(directory);
    tap = BrokerTap.on(broker.port(), "m2m/#", inbox);
    bridge = new BridgeFixture(directory);
    bridge.application("EC01");
    bridge.terminal(ONE, "EC01");
  }

  @AfterEach
  void close() throws Exception {
    bridge.close();
    tap.close();
    broker.close();
  }

  private void start(MirrorOptions options) {
    double before = MirrorFixture.figure(bridge, "m2mgate_mirror_connects");
    MirrorFixture.start(bridge, options);
    MirrorFixture.awaitFigure(bridge, "m2mgate_mirror_connects", before + 1);
  }

  private void expect(String app, String serial, String kind, long offset) {
    Heard heard = inbox.next();
    assertThat(heard.topic()).isEqualTo("m2m/v1/" + app + "/evt/" + serial + "/" + kind);
    assertThat(heard.body().path("offset").asLong()).isEqualTo(offset);
    assertThat(heard.retained()).isFalse();
  }

  // Verifies that a new mirror begins at the end of each log, publishes the event that a pull gives
  // under its topic, and only what
  // was chosen.
  @Test
  void publishesWhatIsChosen() throws Exception {
    bridge.application("EC02");
    bridge.terminal(TWO, "EC02");
    bridge.append("EC01", ONE, DATA, 3);
    start(MirrorFixture.selecting(
        MirrorFixture.to(broker.port()), Set.of("EC01"), Set.of(DATA, "m2m.report")));
    MirrorFixture.awaitStored(bridge, "EC01", 3);
    // WHEN
    bridge.append("EC02", TWO, DATA, 1);
    bridge.append("EC01", ONE, LOGIN, 2);
    bridge.append("EC01", ONE, DATA, 1);
    // THEN
    Heard heard = inbox.next();
    JsonNode pulled = Api.JSON
        .readTree(bridge.get("/v1/events?app=EC01&after=5", ADMIN).body())
        .path("events")
        .path(0);
    assertThat(heard.topic()).isEqualTo("m2m/v1/EC01/evt/" + ONE + "/data");
    assertThat(heard.body()).isEqualTo(pulled);
    MirrorFixture.awaitStored(bridge, "EC01", 6);
    assertThat(inbox.isEmpty()).isTrue();
    assertThat(MirrorFixture.stored(bridge, "EC02")).isEqualTo(-1);
  }

  // Verifies that a window and QoS 0 keep the order, from the oldest event on.
  @Test
  void keepsOrderAtQosZero() {
    bridge.append("EC01", ONE, DATA, 500);
    start(MirrorFixture.from(MirrorFixture.to(broker.port()), true, 0));

    for (long i = 1; i <= 500; i++) {
      expect("EC01", ONE, "data", i);
    }
    MirrorFixture.awaitStored(bridge, "EC01", 500);
  }

  // Verifies that applications come and go while the mirror runs, also a new one of an old code.
  @Test
  void followsApplications() {
    start(MirrorFixture.to(broker.port()));
    // WHEN one comes
    bridge.application("EC02");
    bridge.terminal(TWO, "EC02");
    bridge.append("EC02", TWO, DATA, 2);
    // THEN
    expect("EC02", TWO, "data", 1);
    expect("EC02", TWO, "data", 2);
    // WHEN it goes, and comes anew
    MirrorFixture.awaitStored(bridge, "EC02", 2);
    assertThat(bridge.send("DELETE", "/v1/admin/terminals/" + TWO, ADMIN, null).statusCode())
        .isEqualTo(204);
    assertThat(bridge.send("DELETE", "/v1/admin/applications/EC02", ADMIN, null).statusCode())
        .isEqualTo(204);
    bridge.application("EC02");
    bridge.terminal(TWO, "EC02");
    bridge.append("EC02", TWO, DATA, 1);
    // THEN
    expect("EC02", TWO, "data", 1);
  }

  // Verifies that a mirror goes on where it was, and tells of what retention removed meanwhile,
  // once and in its place.
  @Test
  void tellsOfGap() {
    String mirror = MirrorFixture.start(bridge, MirrorFixture.to(broker.port()));
    MirrorFixture.awaitStored(bridge, "EC01", 0);
    bridge.append("EC01", ONE, DATA, 2);
    expect("EC01", ONE, "data", 1);
    expect("EC01", ONE, "data", 2);
    BridgeFixture.await(bridge.vertx.undeploy(mirror));
    assertThat(MirrorFixture.stored(bridge, "EC01")).isEqualTo(2);
    // WHEN
    bridge.append("EC01", ONE, DATA, 400, "x".repeat(500));
    BridgeFixture.await(bridge.store.sweep(
        new Retention(System.currentTimeMillis(), DAY, 100_000, DAY, 1 << 30, DAY, DAY, 100)));
    start(MirrorFixture.to(broker.port()));
    // THEN
    Heard gap = inbox.next();
    assertThat(gap.topic()).isEqualTo("m2m/v1/EC01/evt/-/gap");
    assertThat(gap.body().path("type").asText()).isEqualTo("m2m.stream.gap");
    JsonNode lost = gap.body().path("data");
    assertThat(lost.path("from").asLong()).isEqualTo(3);
    long oldest = lost.path("oldest").asLong();
    assertThat(oldest).isBetween(4L, 402L);
    for (long i = oldest; i <= 402; i++) {
      expect("EC01", ONE, "data", i);
    }
    assertThat(MirrorFixture.figure(bridge, "m2mgate_mirror_gaps")).isEqualTo(1);
  }

  // Verifies that an event that is too large does not keep the others.
  @Test
  void leavesOutWhatIsTooLarge() {
    start(MirrorFixture.to(broker.port()));
    MirrorFixture.awaitStored(bridge, "EC01", 0);

    bridge.append("EC01", ONE, DATA, 1, "x".repeat(2_000));
    bridge.append("EC01", ONE, DATA, 1);

    expect("EC01", ONE, "data", 2);
    MirrorFixture.awaitStored(bridge, "EC01", 2);
    assertThat(MirrorFixture.figure(bridge, "m2mgate_mirror_oversized")).isEqualTo(1);
  }

  // Verifies that a broker that is away is waited for, and that the lag shows.
  @Test
  void waitsForBroker() {
    broker.stop();
    MirrorFixture.start(bridge, MirrorFixture.from(MirrorFixture.to(broker.port()), true, 1));
    bridge.append("EC01", ONE, DATA, 5);
    MirrorFixture.awaitFigure(bridge, "m2mgate_mirror_failures", 3);
    assertThat(bridge
            .meters
            .get("m2mgate_tap_lag_max")
            .tag("kind", "mirror")
            .gauge()
            .value())
        .isEqualTo(5);
    // WHEN
    broker.start();
    // THEN
    MirrorFixture.awaitStored(bridge, "EC01", 5);
    assertThat(MirrorFixture.figure(bridge, "m2mgate_mirror_connected")).isEqualTo(1);
  }
}
