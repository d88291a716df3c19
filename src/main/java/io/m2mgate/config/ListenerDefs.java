package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.ANY_HOST;
import static io.m2mgate.config.SettingForms.BUFFER;
import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.FILE;
import static io.m2mgate.config.SettingForms.FLAG;
import static io.m2mgate.config.SettingForms.HOST;
import static io.m2mgate.config.SettingForms.PORT;
import static io.m2mgate.config.SettingForms.choice;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of the listeners for terminals and applications, as data; stateless. */
final class ListenerDefs {
  private ListenerDefs() {}

  static void tls(List<SettingDef> defs) {
    add(
        defs,
        "tls.reloadSeconds",
        count(0, 86_400),
        "60",
        "seconds",
        "How often the files of all tls.* are looked at: those that changed are used for new connections, without"
            + " a restart; 0 is never.");
  }

  static void terminal(List<SettingDef> defs) {
    add(defs, "terminal.tcp.enabled", FLAG, "true", "", "Listen for terminals on TCP.");
    add(defs, "terminal.tcp.host", HOST, "127.0.0.1", "", "Address to listen on.");
    add(defs, "terminal.tcp.port", PORT, "9991", "", "Port to listen on; 0 takes any free one.");
    tls(defs, "terminal.tcp");
    UdpDefs.add(defs);
    terminalAddresses(defs);
  }

  private static void terminalAddresses(List<SettingDef> defs) {
    add(
        defs,
        "terminal.maxFrame",
        count(64, 65_535),
        "16384",
        "bytes",
        "Longest frame accepted from a terminal; a longer one closes its connection, a longer datagram is dropped."
            + " No datagram carries more than 65507.");
    add(
        defs,
        "terminal.advertised.host",
        ANY_HOST,
        "",
        "",
        "Address that terminals are told to fetch packages from;"
            + " nothing means the bound one. Upgrades are refused while it is 0.0.0.0.");
    add(
        defs,
        "terminal.advertised.tcpPort",
        PORT,
        "0",
        "",
        "TCP port that terminals are told; 0 means the bound one.");
    add(
        defs,
        "terminal.advertised.udpPort",
        PORT,
        "0",
        "",
        "UDP port that terminals are told; 0 means the bound one.");
    add(
        defs,
        "terminal.allowPlaintext",
        FLAG,
        "false",
        "",
        "Allow terminal listeners without TLS on other addresses"
            + " than loopback. Run them inside the operator's APN or a VPN.");
    limits(defs);
  }

  private static void limits(List<SettingDef> defs) {
    String prefix = "terminal.limits.";
    add(
        defs,
        prefix + "maxConnections",
        COUNT,
        "19000",
        "connections",
        "TCP connections at once, over all lanes; more"
            + " are refused. Keep it below the descriptor limit of the process.");
    add(
        defs,
        prefix + "acceptPerSecond",
        COUNT,
        "5000",
        "connections/s",
        "New TCP connections a second; more are" + " refused.");
    add(
        defs,
        prefix + "unverifiedBytes",
        BUFFER,
        "33554432",
        "bytes",
        "Bytes held for peers that have not yet sent a verified frame.");
    add(
        defs,
        prefix + "unfinishedFrameSeconds",
        count(1, 3600),
        "30",
        "seconds",
        "A frame that takes longer to arrive closes its connection.");
    add(
        defs,
        prefix + "unverifiedSeconds",
        count(1, 86_400),
        "120",
        "seconds",
        "A connection without a verified frame for so long is closed; the session stays.");
    connectionLimits(defs, prefix);
  }

  private static void connectionLimits(List<SettingDef> defs, String prefix) {
    add(
        defs,
        prefix + "framesInFlight",
        count(1, 65_536),
        "64",
        "frames",
        "Unanswered frames of one connection before its socket is paused.");
    add(
        defs,
        prefix + "outboxBytes",
        BUFFER,
        "65536",
        "bytes",
        "Bytes waiting to be written to one connection before its socket is paused.");
    add(
        defs,
        prefix + "outboxFullSeconds",
        count(1, 3600),
        "10",
        "seconds",
        "A connection whose outbox stays full for so long is closed.");
    add(
        defs,
        prefix + "cacheEntries",
        COUNT,
        "250000",
        "terminals",
        "Terminals kept in memory, over all lanes; the store is the truth, others are loaded when they speak.");
    add(
        defs,
        prefix + "pendingLoads",
        COUNT,
        "10000",
        "terminals",
        "Terminals being loaded from the store at once, over all lanes; frames of further ones are dropped.");
  }

  static void http(List<SettingDef> defs) {
    add(
        defs,
        "http.host",
        HOST,
        "127.0.0.1",
        "",
        "Address of the application and administration interface.");
    add(defs, "http.port", PORT, "8080", "", "Its port; 0 takes any free one.");
    add(
        defs,
        "http.allowPlaintext",
        FLAG,
        "false",
        "",
        "Allow HTTP without TLS on other addresses than loopback.");
    tls(defs, "http");
    add(
        defs,
        "http.maxBodyBytes",
        BUFFER,
        "1048576",
        "bytes",
        "Longest request body; package uploads are streamed and" + " not bounded by it.");
    add(
        defs,
        "http.sseHeartbeatSeconds",
        count(1, 300),
        "15",
        "seconds",
        "A comment is sent on a quiet event stream" + " this often.");
    add(
        defs,
        "http.maxWaitSeconds",
        count(1, 600),
        "60",
        "seconds",
        "Longest wait a client can ask for with" + " Prefer: wait.");
    add(
        defs,
        "http.maxStreams",
        COUNT,
        "500",
        "streams",
        "Event streams and waiting pulls at once; more get 429.");
    transfers(defs);
    add(
        defs,
        "http.docs",
        FLAG,
        "true",
        "",
        "Serve the description of this interface at /openapi.yaml and /openapi.json, and as a page at /docs/, without a key.");
  }

  private static void transfers(List<SettingDef> defs) {
    add(
        defs,
        "http.stallSeconds",
        count(1, 3600),
        "30",
        "seconds",
        "A client that reads nothing of what is sent to it for so long is closed.");
    add(
        defs,
        "http.upload.maxLineBytes",
        count(1024, 1_048_576),
        "16384",
        "bytes",
        "Longest line of an import of terminals; a longer one fails, the others are taken.");
    add(
        defs,
        "http.upload.batchRows",
        count(1, 10_000),
        "250",
        "lines",
        "Lines of an import that are stored at a time; two such batches are in memory.");
  }

  static void mqtt(List<SettingDef> defs) {
    add(defs, "mqtt.enabled", FLAG, "true", "", "Offer the event log to applications over MQTT.");
    add(defs, "mqtt.host", HOST, "127.0.0.1", "", "Address to listen on.");
    add(defs, "mqtt.port", PORT, "1883", "", "Port to listen on; 0 takes any free one.");
    add(
        defs,
        "mqtt.allowPlaintext",
        FLAG,
        "false",
        "",
        "Allow MQTT without TLS on other addresses than loopback.");
    tls(defs, "mqtt");
    add(
        defs,
        "mqtt.inFlight",
        count(1, 65_535),
        "256",
        "messages",
        "Unacknowledged QoS 1 messages to one client, whose cursor in the log then waits, and requests of it"
            + " that may wait (Receive Maximum of MQTT 5). As many again are refused in their turn, more end the connection.");
    add(
        defs,
        "mqtt.maxConnections",
        COUNT,
        "1000",
        "connections",
        "MQTT clients at once; more are refused.");
    add(
        defs,
        "mqtt.maxMessageBytes",
        BUFFER,
        "262144",
        "bytes",
        "Longest MQTT message accepted from a client.");
    add(
        defs,
        "mqtt.requestsPerSecond",
        COUNT,
        "500",
        "requests/s",
        "Requests of one client in a second; one that sends more is closed, for answers are queued.");
    add(
        defs,
        "mqtt.stallSeconds",
        count(1, 3600),
        "30",
        "seconds",
        "A client that takes nothing of what is sent to it for so long is closed.");
  }

  private static void tls(List<SettingDef> defs, String listener) {
    add(
        defs,
        listener + ".tls.enabled",
        FLAG,
        "false",
        "",
        "Speak TLS 1.2 or newer on this listener.");
    add(defs, listener + ".tls.certificateFile", FILE, "", "", "Certificate chain, PEM.");
    add(defs, listener + ".tls.keyFile", FILE, "", "", "Private key, PEM (PKCS #8).");
    add(
        defs,
        listener + ".tls.clientCaFile",
        FILE,
        "",
        "",
        "Certificates, PEM, of those who may have signed a client's.");
    add(
        defs,
        listener + ".tls.clientAuth",
        choice("none", "request", "required"),
        "none",
        "",
        "Whether a client is asked for a certificate: request takes one without, but none that is wrong.");
  }

  private static void add(
      List<SettingDef> defs,
      String key,
      SettingType type,
      String defaultText,
      String unit,
      String doc) {
    defs.add(new SettingDef(key, type, defaultText, unit, doc));
  }
}
