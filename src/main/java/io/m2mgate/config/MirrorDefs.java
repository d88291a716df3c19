package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.BUFFER;
import static io.m2mgate.config.SettingForms.FILE;
import static io.m2mgate.config.SettingForms.FLAG;
import static io.m2mgate.config.SettingForms.PASSWORD;
import static io.m2mgate.config.SettingForms.URL;
import static io.m2mgate.config.SettingForms.choice;
import static io.m2mgate.config.SettingForms.count;
import static io.m2mgate.config.SettingForms.text;

import java.util.List;
import java.util.regex.Pattern;

/** The settings of the mirror to another broker; used while the catalogue is made. */
final class MirrorDefs {
  private static final int MOST_IN_FLIGHT = 60_000;
  private static final int DAY_SECONDS = 86_400;

  private MirrorDefs() {}

  static void add(List<SettingDef> defs) {
    broker(defs);
    selection(defs);
    limits(defs);
    connection(defs);
    tls(defs);
    requests(defs);
  }

  private static void broker(List<SettingDef> defs) {
    add(
        defs,
        "enabled",
        FLAG,
        "false",
        "",
        "Publish every event to a broker of your own, under the topics of the MQTT interface.");
    add(
        defs,
        "url",
        URL,
        "",
        "",
        "That broker, as in mqtt://broker:1883, or mqtts://broker:8883 through TLS.");
    add(defs, "user", text(".*", "a user name, or nothing"), "", "", "User at that broker.");
    add(defs, "password", PASSWORD, "", "", "Password at that broker.");
    add(
        defs,
        "clientId",
        text("[A-Za-z0-9._-]{0,64}", "up to 64 of A-Z a-z 0-9 . _ -, or nothing"),
        "",
        "",
        "Client id at that broker; nothing is m2mgate- and node.name. One process at a time may use it.");
  }

  private static void selection(List<SettingDef> defs) {
    add(
        defs,
        "applications",
        new SettingType.TextList(
            Pattern.compile("[A-Za-z0-9._-]{1,20}"), "codes of applications, or nothing"),
        "",
        "",
        "Whose events are published; nothing is everybody's.");
    add(
        defs,
        "types",
        new SettingType.TextList(
            Pattern.compile("m2m(\\.[A-Za-z]+)+"), "event types such as m2m.data.up, or nothing"),
        "",
        "",
        "Of the events that are published; nothing is all.");
    add(
        defs,
        "qos",
        count(0, 1),
        "1",
        "",
        "1: the cursor moves on when the broker has acknowledged. 0: when a message has left, which loses what"
            + " was on its way when a connection ends.");
    add(
        defs,
        "from",
        choice("end", "oldest"),
        "end",
        "",
        "Where a mirror begins that starts for the first time: at the end of each log or at its oldest event. Logs of"
            + " applications that come later are mirrored from their first event on.");
  }

  private static void limits(List<SettingDef> defs) {
    add(
        defs,
        "window",
        count(1, MOST_IN_FLIGHT),
        "64",
        "messages",
        "That the broker has not acknowledged, of all applications together; so many may come twice after a broken"
            + " connection. Rate = window / round trip.");
    add(defs, "queueBytes", BUFFER, "1048576", "bytes", "Of such messages.");
    add(
        defs,
        "maxMessageBytes",
        BUFFER,
        "262144",
        "bytes",
        "The largest event that is published; a larger one is left out, logged and counted. Not more than the broker"
            + " takes, or the mirror goes no further.");
    add(
        defs,
        "commitMillis",
        count(10, 60_000),
        "200",
        "milliseconds",
        "Between two writes of a cursor; what was acknowledged since the last one comes again when the gateway is"
            + " killed.");
    add(
        defs,
        "drainMillis",
        count(0, 5_000),
        "1000",
        "milliseconds",
        "That a stopping gateway waits for acknowledgements.");
  }

  private static void connection(List<SettingDef> defs) {
    add(
        defs,
        "keepAliveSeconds",
        count(1, 3_600),
        "30",
        "seconds",
        "Keep-alive; a broker that is silent for one and a half times as long is given up.");
    add(
        defs,
        "connectSeconds",
        count(1, 300),
        "10",
        "seconds",
        "For a connection to come about, CONNACK included.");
    add(
        defs,
        "backoff.firstMillis",
        count(10, 60_000),
        "500",
        "milliseconds",
        "Before the first try to connect again, halved at most by chance; doubled with each try that fails.");
    add(defs, "backoff.maxSeconds", count(1, DAY_SECONDS), "60", "seconds", "What that grows to.");
  }

  private static void tls(List<SettingDef> defs) {
    add(
        defs,
        "tls.caFile",
        FILE,
        "",
        "",
        "PEM file of the authorities that the broker's certificate may come from; nothing is those that Java trusts.");
    add(
        defs,
        "tls.certificateFile",
        FILE,
        "",
        "",
        "PEM file of the certificate shown to the broker, if it asks for one.");
    add(defs, "tls.keyFile", FILE, "", "", "PEM file of that certificate's private key.");
    add(
        defs,
        "tls.verifyHost",
        FLAG,
        "true",
        "",
        "Whether the broker's certificate must name the host of mirror.url.");
  }

  private static void requests(List<SettingDef> defs) {
    add(
        defs,
        "requests.enabled",
        FLAG,
        "false",
        "",
        "Take requests from m2m/v1/{appCode}/req/… of that broker. Whoever may publish there commands terminals.");
    add(
        defs,
        "requests.waiting",
        count(1, MOST_IN_FLIGHT),
        "64",
        "requests",
        "From the broker that may wait; of more as many again are refused, then the connection is made anew.");
    add(
        defs,
        "requests.maxMessageBytes",
        count(1_024, 16_777_216),
        "65536",
        "bytes",
        "The largest request; a larger one is refused, and one of sixteen times that size ends the connection.");
  }

  private static void add(
      List<SettingDef> defs, String name, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef("mirror." + name, type, value, unit, doc));
  }
}
