package io.m2mgate.bridge.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.m2mgate.bridge.BridgeFixture;
import io.m2mgate.peer.BrokerTap;
import io.m2mgate.peer.BrokerTap.Inbox;
import io.m2mgate.peer.LogTap;
import io.m2mgate.peer.Mosquitto;
import io.m2mgate.peer.TestAuthority;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mirror and a broker that speaks TLS and knows its clients by password and certificate. */
@Timeout(120)
class MirrorTlsIT {
  private static final String ONE = "A972030000000001";
  private static final String PASSWORD = "hunter2-of-broker";

  @TempDir
  Path directory;

  private TestAuthority authority;
  private Mosquitto broker;
  private BridgeFixture bridge;

  @BeforeEach
  void open() throws Exception {
    authority = new TestAuthority(directory.resolve("tls"), "ip:127.0.0.1");
    Path passwords = directory.resolve("passwords");
    Process made = new ProcessBuilder(
            "mosquitto_passwd", "-b", "-c", passwords.toString(), "gate", PASSWORD)
        .start();
    assertThat(made.waitFor(20, TimeUnit.SECONDS)).isTrue();
    broker = Mosquitto.open(
        directory,
        List.of(
            "cafile " + authority.authority(),
            "certfile " + authority.certificate(),
            "keyfile " + authority.key(),
            "require_certificate true",
            "password_file " + passwords));
    bridge = new BridgeFixture(directory);
    bridge.application("EC01");
    bridge.terminal(ONE, "EC01");
  }

  @AfterEach
  void close() {
    bridge.close();
    broker.close();
  }

  private MirrorOptions options(String host, Path trusted, String password) {
    var plain = MirrorFixture.broker(host, broker.port());
    return MirrorFixture.with(
        MirrorFixture.to(broker.port()),
        new MirrorOptions.Broker(
            host,
            broker.port(),
            Optional.of(new MirrorOptions.Tls(
                Optional.of(trusted),
                Optional.of(authority.certificate()),
                Optional.of(authority.key()),
                true)),
            plain.clientId(),
            Optional.of(new MirrorOptions.Credentials("gate", password)),
            5,
            5,
            20,
            100));
  }

  private void expectRefused(MirrorOptions options, double before) {
    String mirror = MirrorFixture.start(bridge, options);
    MirrorFixture.awaitFigure(bridge, "m2mgate_mirror_failures", before + 2);
    assertThat(MirrorFixture.figure(bridge, "m2mgate_mirror_connects")).isZero();
    BridgeFixture.await(bridge.vertx.undeploy(mirror));
  }

  // Verifies that events go through TLS to a broker that knows the mirror, and to none that the
  // mirror does not know or that does
  // not know it, and that the password stays out of the log.
  @Test
  void trustsWhomItIsTold() throws Exception {
    var other = new TestAuthority(directory.resolve("other"), "ip:127.0.0.1");
    var inbox = new Inbox();
    try (LogTap log = LogTap.open(Level.DEBUG);
        BrokerTap tap = tap(inbox)) {
      expectRefused(options("127.0.0.1", other.authority(), PASSWORD), 0);
      // A certificate of the right authority that names somebody else.
      expectRefused(
          options("localhost", authority.authority(), PASSWORD),
          MirrorFixture.figure(bridge, "m2mgate_mirror_failures"));
      expectRefused(
          options("127.0.0.1", authority.authority(), "wrong"),
          MirrorFixture.figure(bridge, "m2mgate_mirror_failures"));
      // WHEN
      MirrorOptions right = options("127.0.0.1", authority.authority(), PASSWORD);
      MirrorFixture.start(bridge, right);
      MirrorFixture.awaitFigure(bridge, "m2mgate_mirror_connects", 1);
      bridge.append("EC01", ONE, "m2m.data.up", 1);
      // THEN
      assertThat(inbox.next().topic()).isEqualTo("m2m/v1/EC01/evt/" + ONE + "/data");
      assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.contains(PASSWORD));
      assertThat(right.toString()).doesNotContain(PASSWORD);
    }
  }

  private BrokerTap tap(Inbox inbox) throws Exception {
    var options = BrokerTap.anonymous();
    options.setUserName("gate");
    options.setPassword(PASSWORD.toCharArray());
    options.setSocketFactory(authority.mutual().getSocketFactory());
    return new BrokerTap("ssl://127.0.0.1:" + broker.port(), options, "m2m/#", inbox);
  }
}
