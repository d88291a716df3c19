package io.m2mgate.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The way to a short message centre, and what may wait on it; immutable, shared by all threads.
 *
 * @param link name of the link that carries messages: smpp, file, or one that was added
 * @param receipts the centre is asked what became of messages
 * @param options what the links are told: every setting below {@code sms.} by the rest of its name, as in {@code smpp.host}
 * @param optionsFile properties for a link that was added
 */
public record SmsSettings(
    boolean enabled,
    String link,
    boolean receipts,
    Limits limits,
    Map<String, Secret> options,
    Optional<Path> optionsFile) {

  static final String SECTION = "sms.";

  public SmsSettings {
    options = Map.copyOf(options);
  }

  /**
   * What may be in memory, and how fast it goes.
   *
   * @param queue messages to telephones that wait or are under way
   * @param incoming messages from telephones that are being taken
   * @param receiptsKept messages whose receipts are waited for
   */
  public record Limits(
      int queue,
      int window,
      int perSecond,
      int giveUpSeconds,
      int incoming,
      int receiptsKept,
      int drainMillis) {}

  /** A setting of a link as text. */
  String option(String name) {
    return options.get(name).value();
  }

  /** Whether a centre that is not on this machine is spoken to without TLS. */
  public boolean inClear() {
    return link.equals("smpp")
        && !Boolean.parseBoolean(option("smpp.tls.enabled"))
        && !SettingsRules.isLoopback(option("smpp.host"));
  }

  static SmsSettings read(EffectiveSettings values) {
    return new SmsSettings(
        values.typed("sms.enabled", Boolean.class),
        values.typed("sms.link", String.class),
        values.typed("sms.receipts", Boolean.class),
        new Limits(
            number(values, "sms.queue"),
            number(values, "sms.window"),
            number(values, "sms.perSecond"),
            number(values, "sms.giveUpSeconds"),
            number(values, "sms.incoming"),
            number(values, "sms.receiptsKept"),
            number(values, "sms.drainMillis")),
        values.values().stream()
            .filter(value -> value.def().key().startsWith(SECTION))
            .collect(Collectors.toMap(
                value -> value.def().key().substring(SECTION.length()),
                value -> new Secret(value.text()))),
        Optional.of(values.typed("sms.optionsFile", String.class))
            .filter(file -> !file.isEmpty())
            .map(Path::of));
  }

  private static int number(EffectiveSettings values, String key) {
    return Math.toIntExact(values.typed(key, Long.class));
  }
}
