package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerBytes;
import io.m2mgate.peer.PeerTerminal;
import io.m2mgate.peer.TraceTap;
import io.m2mgate.peer.TraceTap.Shown;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a trace may cost: time, and the memory of who does not read. */
class TraceLimitsIT {
  private static final String APP = "EC01";
  private static final int BEATS = 400;
  private static final int BEAT_BYTES = 8_000;

  // Verifies that a reader who does not read holds back neither the terminal nor a trace beside
  // his,
  // and is told how much he missed, in its place.
  @Test
  void tellsWhatASlowReaderLost() throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start("traces.bufferFrames=20")) {
      Api admin = gateway.api();
      admin.createApplication(APP);
      Identity who = admin.createTerminal(Identity.fresh(), APP);
      try (PeerTerminal terminal = gateway.terminal(who).login();
          Socket slow = unread(admin, who)) {
        byte[] tlvs = PeerBytes.bytes().tlv(0x8FFF, new byte[BEAT_BYTES]).toArray();
        for (int i = 0; i < BEATS; i++) {
          terminal.exchangeUnsigned(terminal.unsigned(PeerTerminal.HEART_BEAT, i, 0, tlvs));
        }
        byte[] last = terminal.signed(PeerTerminal.LOGOUT, new byte[] {0});
        assertThat(admin.metric("m2mgate_trace_lost_total")).isPositive();
        long shown = 0;
        long lost = 0;
        var lines = new BufferedReader(
            new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
        String type = "";
        String line = lines.readLine();
        boolean asked = false;
        while (line != null && !line.contains("LOGOUT_ACK")) {
          if (line.startsWith("event:")) {
            type = line.substring(6).strip();
            shown += type.equals("frame") ? 1 : 0;
          } else if (line.startsWith("data:") && type.equals("lost")) {
            JsonNode data = Api.JSON.readTree(line.substring(5));
            lost += data.path("frames").asLong();
          }
          if (!asked && shown + lost == 2L * BEATS) {
            // Everything that was written is read: the next frames find room.
            terminal.exchange(last);
            asked = true;
          }
          line = lines.readLine();
        }
        assertThat(asked).isTrue();
        assertThat(lost).isPositive();
        // The LOGOUT and its answer came on top.
        assertThat(shown + lost).isEqualTo(2L * BEATS + 2);
      }
    }
  }

  /** A trace of which nothing is read; it is open when this returns. */
  private static Socket unread(Api admin, Identity who) throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(admin.base().getHost(), admin.base().getPort()));
    String request = "GET /v1/admin/traces/" + who.serial()
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + admin.key() + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    assertThat(socket.getInputStream().read()).isEqualTo('H');
    return socket;
  }

  // Verifies that a trace ends by itself, says so, and gives its place to the next.
  @Test
  void endsInTime() throws Exception {
    try (GatewayProcess gateway = GatewayProcess.start("traces.max=1", "traces.maxSeconds=1")) {
      Api admin = gateway.api();
      try (var trace = new TraceTap(admin, "/PEER000000000001")) {
        Shown end = trace.await("end", shown -> shown.type().equals("end"));
        assertThat(end.data().path("reason").asText()).contains("traces.maxSeconds");
        trace.awaitEnd();
      }
      new TraceTap(admin, "/PEER000000000001").close();
    }
  }
}
