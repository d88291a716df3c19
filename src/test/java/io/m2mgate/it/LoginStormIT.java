package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerTerminal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** More logins than are admitted (5.3.2, "Overload"). */
class LoginStormIT {
  private static final String APP = "EC01";
  private static final int CROWD = 200;

  // Verifies that logins which wait for admission keep nobody else from being heard, though they
  // are more than a lane may have at
  // work.
  @Test
  void answersHeartbeatsBesideAStorm() {
    try (GatewayProcess gateway = GatewayProcess.start(
        "lanes=1",
        "lane.creditFrames=64",
        "admission.loginsPerSecond=1",
        "admission.queueLength=1000",
        "admission.queueSeconds=60")) {
      gateway.api().createApplication(APP);
      List<PeerTerminal> all = Stream.generate(Identity::fresh)
          .limit(1 + CROWD)
          .map(who -> gateway.datagramTerminal(gateway.api().createTerminal(who, APP)))
          .toList();
      PeerTerminal early = all.get(0).login();
      for (PeerTerminal late : all.subList(1, all.size())) {
        late.link().write(late.loginFrame(1, 0));
      }
      early.heartbeat();
      assertThat(early.data(APP, new byte[] {1})).isZero();
      all.forEach(PeerTerminal::close);
    }
  }
}
