package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.ANY_HOST;
import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.DIRECTORY;
import static io.m2mgate.config.SettingForms.FILE;
import static io.m2mgate.config.SettingForms.FLAG;
import static io.m2mgate.config.SettingForms.choice;
import static io.m2mgate.config.SettingForms.count;
import static io.m2mgate.config.SettingForms.text;

import io.m2mgate.config.SettingType.Text;
import java.util.List;
import java.util.regex.Pattern;

/** The settings of the way to a short message centre; used while the catalogue is made. */
final class SmsDefs {
  private static final int DAY_SECONDS = 86_400;
  private static final int MOST_THREADS = 200;

  private SmsDefs() {}

  static void add(List<SettingDef> defs) {
    link(defs);
    limits(defs);
    files(defs);
    centre(defs);
    addresses(defs);
    session(defs);
  }

  private static void link(List<SettingDef> defs) {
    add(defs, "enabled", FLAG, "false", "", "Reach terminals by short message.");
    add(
        defs,
        "link",
        text("[a-z][a-z0-9-]{0,31}", "up to 32 of a-z 0-9 -"),
        "smpp",
        "",
        "What carries messages: smpp, file (a directory, for tests and for those without a centre), or a link that was added.");
    add(
        defs,
        "optionsFile",
        FILE,
        "",
        "",
        "Properties file that a link is told beside these settings; for links that were added.");
    add(
        defs,
        "receipts",
        FLAG,
        "true",
        "",
        "Ask the centre what became of each message; told in figures and in the log.");
  }

  private static void limits(List<SettingDef> defs) {
    add(
        defs,
        "queue",
        COUNT,
        "1000",
        "messages",
        "To terminals that wait or are under way; more are not taken, and asked for again later.");
    add(
        defs,
        "window",
        count(1, MOST_THREADS),
        "10",
        "messages",
        "That the centre may have without having answered. Over SMPP each is a thread.");
    add(
        defs,
        "perSecond",
        count(1, 10_000),
        "10",
        "messages",
        "To the centre in a second, at most; fewer while it says that it has no room.");
    add(
        defs,
        "giveUpSeconds",
        count(1, DAY_SECONDS),
        "60",
        "seconds",
        "That a message waits for its turn, for the link or for room at the centre before it fails.");
    add(
        defs,
        "incoming",
        count(1, MOST_THREADS),
        "20",
        "messages",
        "From terminals that are being taken; others stay with the centre. Over SMPP each is a thread.");
    add(
        defs,
        "receiptsKept",
        COUNT,
        "10000",
        "messages",
        "Whose receipts are waited for; the oldest are forgotten.");
    add(
        defs,
        "drainMillis",
        count(0, 5_000),
        "2000",
        "milliseconds",
        "That a stopping gateway lets messages still go.");
  }

  private static void files(List<SettingDef> defs) {
    add(
        defs,
        "file.dir",
        DIRECTORY,
        "${data.dir}/sms",
        "",
        "Of the link file: outbox, inbox, done and failed are in it.");
    add(
        defs,
        "file.pollMillis",
        count(10, 60_000),
        "1000",
        "milliseconds",
        "Between two looks into the inbox.");
    add(
        defs,
        "file.keep",
        COUNT,
        "1000",
        "files",
        "That may be in the outbox, beyond which nothing is sent; and in done and failed, where the oldest are removed.");
  }

  private static void centre(List<SettingDef> defs) {
    add(defs, "smpp.host", ANY_HOST, "", "", "Host of the SMPP short message centre.");
    add(defs, "smpp.port", count(1, 65_535), "2775", "", "Its port.");
    add(
        defs,
        "smpp.systemId",
        text(".{0,15}", "up to 15 characters"),
        "",
        "",
        "System id to bind with.");
    add(
        defs,
        "smpp.password",
        new Text(Pattern.compile(".{0,8}"), "up to 8 characters, as SMPP has it", true),
        "",
        "",
        "Password to bind with.");
    add(
        defs,
        "smpp.systemType",
        text(".{0,12}", "up to 12 characters"),
        "",
        "",
        "System type to bind with, if the centre wants one.");
    add(defs, "smpp.tls.enabled", FLAG, "false", "", "Speak TLS to the centre.");
    add(
        defs,
        "smpp.tls.trustFile",
        FILE,
        "",
        "",
        "PEM file of the authorities that its certificate may come from; nothing is those that Java trusts.");
  }

  private static void addresses(List<SettingDef> defs) {
    SettingType ton = count(0, 6);
    SettingType npi = choice("0", "1", "3", "4", "6", "8", "9", "10", "14", "18");
    add(
        defs,
        "smpp.sourceAddress",
        text("\\+?[0-9]{0,20}", "up to 20 digits, or nothing"),
        "",
        "",
        "The service number that messages come from, which terminals know (TLV 0007); nothing lets the centre fill it in.");
    add(defs, "smpp.sourceTon", ton, "0", "", "Type of that number.");
    add(defs, "smpp.sourceNpi", npi, "1", "", "Its numbering plan.");
    add(
        defs,
        "smpp.destinationTon",
        ton,
        "1",
        "",
        "Type of terminals' numbers; 1 is international.");
    add(defs, "smpp.destinationNpi", npi, "1", "", "Their numbering plan.");
  }

  private static void session(List<SettingDef> defs) {
    add(
        defs,
        "smpp.connectSeconds",
        count(1, 300),
        "10",
        "seconds",
        "For a connection to come about, the bind included.");
    add(
        defs,
        "smpp.answerSeconds",
        count(1, 300),
        "10",
        "seconds",
        "For the centre to answer, after which it is not known whether it has the message; and for a message from a"
            + " terminal to be taken, after which the centre keeps it.");
    add(
        defs,
        "smpp.enquireSeconds",
        count(1, 3_600),
        "30",
        "seconds",
        "Of silence after which the centre is asked whether it is there.");
    add(
        defs,
        "smpp.backoff.firstMillis",
        count(10, 60_000),
        "1000",
        "milliseconds",
        "Before the first try to connect again, halved at most by chance; doubled with each try that fails.");
    add(
        defs,
        "smpp.backoff.maxSeconds",
        count(1, DAY_SECONDS),
        "60",
        "seconds",
        "What that grows to.");
  }

  private static void add(
      List<SettingDef> defs, String name, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef(SmsSettings.SECTION + name, type, value, unit, doc));
  }
}
