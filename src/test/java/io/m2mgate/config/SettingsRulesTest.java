package io.m2mgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsRulesTest {
  @TempDir
  Path directory;

  // Verifies that a listener leaves the machine in clear only when the operator says so, and is
  // told what else to do.
  @ParameterizedTest
  @CsvSource({
    "http.host, http.allowPlaintext, http.tls",
    "mqtt.host, mqtt.allowPlaintext, mqtt.tls",
    "terminal.tcp.host, terminal.allowPlaintext, APN or a VPN",
    "terminal.udp.host, terminal.allowPlaintext, APN or a VPN"
  })
  void wantsPlaintextAllowed(String host, String permission, String advice) {
    for (String address : List.of("0.0.0.0", "::", "192.0.2.1", "gateway.example")) {
      assertThat(problems(Map.of(host, address)))
          .singleElement()
          .asString()
          .contains(host, permission, advice);
      assertThat(SettingsLoader.load(Map.of(host, address, permission, "true"))).isNotNull();
    }
    for (String loopback : List.of("localhost", "127.1.2.3", "::1", "[::1]")) {
      assertThat(SettingsLoader.load(Map.of(host, loopback))).isNotNull();
    }
  }

  // Verifies that a listener that is switched off may have any address.
  @Test
  void ignoresListenersThatAreOff() {
    var settings = SettingsLoader.load(Map.of(
        "mqtt.enabled",
        "false",
        "mqtt.host",
        "0.0.0.0",
        "terminal.udp.enabled",
        "false",
        "terminal.udp.host",
        "0.0.0.0"));

    assertThat(settings.mqtt().enabled()).isFalse();
  }

  // Verifies that TLS needs both of its files, readable, and then allows any address.
  @Test
  void wantsReadableFilesForTls() throws IOException {
    Path pem = Files.writeString(directory.resolve("some.pem"), "x");
    var missing = Map.of("http.tls.enabled", "true", "http.tls.certificateFile", "nowhere.pem");
    var complete = Map.of(
        "http.host",
        "0.0.0.0",
        "http.tls.enabled",
        "true",
        "http.tls.certificateFile",
        pem.toString(),
        "http.tls.keyFile",
        pem.toString());

    assertThat(problems(missing))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("nowhere.pem"))
        .anyMatch(problem -> problem.contains("http.tls.keyFile"));
    assertThat(SettingsLoader.load(complete).http().tls().keyFile()).contains(pem);
  }

  // Verifies that who asks clients for certificates says who may have signed them, and speaks TLS.
  @ParameterizedTest
  @CsvSource({"http", "mqtt", "terminal.tcp"})
  void wantsWhatItAsksClientsBy(String listener) throws IOException {
    Path pem = Files.writeString(directory.resolve("some.pem"), "x");
    var asking = Map.of(
        listener + ".tls.enabled",
        "true",
        listener + ".tls.certificateFile",
        pem.toString(),
        listener + ".tls.keyFile",
        pem.toString(),
        listener + ".tls.clientAuth",
        "required");
    var plain = Map.of(
        listener + ".tls.clientAuth", "request", listener + ".tls.clientCaFile", pem.toString());

    assertThat(problems(asking))
        .singleElement()
        .asString()
        .contains(listener + ".tls.clientCaFile", "is needed while", "clientAuth is not none");
    assertThat(problems(plain))
        .singleElement()
        .asString()
        .contains(listener + ".tls.clientAuth", "asks nobody");
  }

  // Verifies that short messages over SMPP want to know where the centre is and who binds there,
  // and that
  // trust without TLS is told.
  @Test
  void refusesShortMessagesWithoutCentre() {
    assertThat(problems(Map.of("sms.enabled", "true", "sms.smpp.tls.trustFile", "missing.pem")))
        .hasSize(3)
        .anyMatch(problem -> problem.contains("sms.smpp.host") && problem.contains("is needed"))
        .anyMatch(problem -> problem.contains("sms.smpp.systemId"))
        .anyMatch(problem -> problem.contains("sms.smpp.tls.trustFile"));
    assertThat(SettingsLoader.load(Map.of("sms.enabled", "true", "sms.link", "file")))
        .isNotNull();
  }

  // Verifies that a mirror wants the address of a broker and nothing else in it, and that no
  // password
  // in it is shown.
  @ParameterizedTest
  @CsvSource({
    "''",
    "http://broker:1883",
    "mqtt://m2m:hunter2@broker",
    "mqtt://broker:70000",
    "mqtts://broker/hunter2"
  })
  void wantsBrokerOfMirror(String url) {
    assertThat(problems(Map.of("mirror.enabled", "true", "mirror.url", url)))
        .singleElement()
        .asString()
        .contains("mirror.url", "mqtt://host:port")
        .doesNotContain("hunter2");
  }

  // Verifies that a broker's address is enough for a mirror, and which port is meant without one.
  @ParameterizedTest
  @CsvSource({
    "mqtt://broker,broker,1883,false",
    "mqtts://broker/,broker,8883,true",
    "mqtt://[::1]:1884,::1,1884,false"
  })
  void takesBrokerOfMirror(String url, String host, int port, boolean secure) {
    var mirror =
        SettingsLoader.load(Map.of("mirror.enabled", "true", "mirror.url", url)).mirror();

    assertThat(mirror.host()).isEqualTo(host);
    assertThat(mirror.port()).isEqualTo(port);
    assertThat(mirror.secure()).isEqualTo(secure);
  }

  // Verifies that the mirror's files must be there, its key beside its certificate, its user beside
  // its password.
  @Test
  void wantsFilesAndUserOfMirror() {
    var settings = Map.of(
        "mirror.enabled",
        "true",
        "mirror.url",
        "mqtts://broker",
        "mirror.password",
        "hunter2",
        "mirror.tls.certificateFile",
        "nowhere.pem");

    assertThat(problems(settings))
        .hasSize(3)
        .anyMatch(problem -> problem.contains("nowhere.pem"))
        .anyMatch(problem -> problem.contains("mirror.tls.keyFile"))
        .anyMatch(problem -> problem.contains("mirror.user"))
        .noneMatch(problem -> problem.contains("hunter2"));
  }

  private static List<String> problems(Map<String, String> overrides) {
    var thrown =
        catchThrowableOfType(SettingsException.class, () -> SettingsLoader.load(overrides));
    return thrown.problems().stream().map(SettingProblem::toString).toList();
  }
}
