package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.FleetOptions.Load;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MessageLimitsTest {
  private static final FleetOptions FLEET = FleetOptions.of(new Target(
          InetSocketAddress.createUnresolved("localhost", 1),
          URI.create("http://localhost:1"),
          "key"))
      .withBearers(BearerOptions.TCP.over(Bearer.SMS))
      .withApp("EC01");

  private static FleetOptions loaded(Mode mode, int payload, int pipeline) {
    return FLEET.withLoad(new Load(mode, 1, Duration.ZERO, 1, payload, pipeline));
  }

  // Verifies that a reading fits which fills a message of 128 bytes, and none that is longer.
  @Test
  void knowsTheLongestReading() {
    assertThat(MessageLimits.problem(loaded(Mode.DATA, 86, 1))).isEmpty();
    assertThat(MessageLimits.problem(loaded(Mode.DATA, 87, 1)).orElseThrow())
        .startsWith("--payload-bytes")
        .endsWith(" 86");
  }

  // Verifies that what needs signatures, beats or more than one message is refused by the option
  // that asks for it.
  @Test
  void refusesWhatMessagesCannotDo() {
    assertThat(MessageLimits.problem(loaded(Mode.HEARTBEAT, 67, 1)).orElseThrow())
        .startsWith("--mode");
    assertThat(MessageLimits.problem(loaded(Mode.DATA, 67, 2)).orElseThrow())
        .startsWith("--pipeline");
    assertThat(MessageLimits.problem(FLEET.withSecurity(SecurityOptions.NONE.encrypting()))
            .orElseThrow())
        .contains("--encrypt");
    assertThat(MessageLimits.problem(
                FLEET.withSecurity(SecurityOptions.NONE.registering(Registration.REBIND)))
            .orElseThrow())
        .contains("--register 2");
    assertThat(MessageLimits.problem(
                FLEET.withPersona(new Persona(Retry.NEW, Duration.ofSeconds(1), 3, Duration.ZERO)))
            .orElseThrow())
        .startsWith("--retry");
  }
}
