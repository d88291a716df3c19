package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of frames in short messages, as data; stateless. */
final class MessageDefs {
  private MessageDefs() {}

  static void add(List<SettingDef> defs) {
    add(
        defs,
        "sms.countryCode",
        SettingForms.text("[1-9][0-9]{0,2}", "a country code of 1 to 3 digits"),
        "86",
        "",
        "Country of telephone numbers that are written without one, of terminals and of senders.");
    add(
        defs,
        "sms.duplicateSeconds",
        count(0, 604_800),
        "3600",
        "seconds",
        "How long the same message of a terminal is taken for one that the centre delivers again.");
    add(
        defs,
        "sms.answerMillis",
        count(10, 10_000),
        "250",
        "ms",
        "How long after a request is finished with an answer to it is waited for before the message is"
            + " acknowledged to the centre.");
    add(
        defs,
        "sms.parts.open",
        COUNT,
        "1000",
        "messages",
        "Messages in parts that are not complete; the oldest of more is given up.");
    add(
        defs,
        "sms.parts.most",
        count(1, 255),
        "8",
        "parts",
        "Parts that one message may have; more is not a terminal's.");
    add(
        defs,
        "sms.parts.seconds",
        count(1, 86_400),
        "300",
        "seconds",
        "How long the parts of a message are waited for.");
  }

  static void registration(List<SettingDef> defs) {
    add(
        defs,
        "registration.smsRepeatSeconds",
        count(1, 3600),
        "45",
        "seconds",
        "The same as repeatSeconds where they go by short message.");
    add(
        defs,
        "registration.smsSends",
        count(1, 100),
        "2",
        "sends",
        "The same as sends where they go by short message.");
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
