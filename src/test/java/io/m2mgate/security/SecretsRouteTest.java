package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.security.SecretsRoute.Decision;
import io.m2mgate.security.SecretsRoute.Distribution;
import io.m2mgate.security.SecretsRoute.ShortMessages;
import io.m2mgate.security.SecretsRoute.Way;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.TerminalRecord;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Behaviour 5.3.1: the four ways by which secrets leave the platform, and no other. */
class SecretsRouteTest {
  private static final TerminalRecord TERMINAL = SampleTerminal.provisioned(true);

  /** Where a frame came from, as the route sees it. */
  private record Place(String bearer, String host, boolean confidential) implements Origin {
    @Override
    public int lane() {
      return 0;
    }

    @Override
    public String remote() {
      return host;
    }

    @Override
    public Optional<InetAddress> address() {
      try {
        return host.isEmpty() ? Optional.empty() : Optional.of(InetAddress.getByName(host));
      } catch (UnknownHostException e) {
        throw new IllegalArgumentException(e);
      }
    }

    @Override
    public boolean open() {
      return true;
    }

    @Override
    public void verified(long nowMillis, long heartbeatMillis) {}

    @Override
    public void completed(Inbound frame) {}
  }

  private static SecretsRoute route(Distribution distribution, ShortMessages shortMessages) {
    return new SecretsRoute(distribution, InetAddress::isLoopbackAddress, shortMessages);
  }

  // Verifies every way of a registration: the setting, the source, TLS, and whether messages reach.
  @ParameterizedTest
  @CsvSource({
    "AUTO,   tcp, 127.0.0.1, false, false, INBAND, ''",
    "AUTO,   tcp, 127.0.0.1, false, true,  SMS,    ''",
    "AUTO,   tcp, 192.0.2.7, false, false, NONE,   security.clearSecretsTo",
    "AUTO,   tcp, 192.0.2.7, true,  false, INBAND, ''",
    "AUTO,   udp, 127.0.0.1, false, false, NONE,   security.clearSecretsTo",
    "AUTO,   tcp, '',        false, false, NONE,   security.clearSecretsTo",
    "INBAND, tcp, 127.0.0.1, false, true,  INBAND, ''",
    "INBAND, tcp, 192.0.2.7, false, true,  NONE,   security.clearSecretsTo",
    "SMS,    tcp, 127.0.0.1, true,  false, NONE,   registration.distribution",
    "SMS,    tcp, 192.0.2.7, false, true,  SMS,    ''",
    "NONE,   tcp, 127.0.0.1, true,  true,  NONE,   registration.distribution",
  })
  void decidesOfRegistrations(
      Distribution distribution,
      String bearer,
      String host,
      boolean tls,
      boolean reach,
      Way way,
      String setting) {
    Decision decision = route(distribution, terminal -> reach)
        .ofRegistration(new Place(bearer, host, tls), TERMINAL);
    assertThat(decision.way()).isEqualTo(way);
    assertThat(decision.setting()).isEqualTo(setting);
    assertThat(decision.permitted()).isEqualTo(way != Way.NONE);
  }

  // Verifies that a session key is a way of its own, whatever the registration's setting is.
  @Test
  void decidesInSessions() {
    SecretsRoute route = route(Distribution.NONE, ShortMessages.ABSENT);
    Place far = new Place("udp", "192.0.2.7", false);
    assertThat(route.inSession(far, TERMINAL, true).way()).isEqualTo(Way.INBAND);
    assertThat(route.inSession(far, TERMINAL, false).setting())
        .isEqualTo("security.clearSecretsTo");
    assertThat(route
            .inSession(new Place("tcp", "127.0.0.1", false), TERMINAL, false)
            .way())
        .isEqualTo(Way.INBAND);
  }
}
