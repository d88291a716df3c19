package io.m2mgate.sms;

import io.m2mgate.config.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.TypeOfNumber;

/**
 * How the SMPP centre is reached and what is asked of it.
 *
 * @param window submits that the centre may have without having answered
 * @param incoming messages from telephones that wait for their answer
 * @param receipts the centre is asked for receipts where a message wants one
 */
record SmppOptions(
    String host,
    int port,
    Optional<Trust> tls,
    Account account,
    Address source,
    Address destination,
    Times times,
    int window,
    int incoming,
    boolean receipts) {

  /** @param authorities PEM file; absent = those that Java trusts */
  record Trust(Optional<Path> authorities) {}

  record Account(String systemId, Secret password, String systemType) {}

  /** @param number empty for destinations, which have their own */
  record Address(TypeOfNumber ton, NumberingPlanIndicator npi, String number) {}

  /** All in milliseconds. */
  record Times(int connect, int answer, int enquire, long firstPause, long longestPause) {}

  static SmppOptions of(Map<String, String> settings) {
    Optional<Path> authorities = Optional.of(settings.get("smpp.tls.trustFile"))
        .filter(file -> !file.isEmpty())
        .map(Path::of);
    return new SmppOptions(
        settings.get("smpp.host").replaceAll("[\\[\\]]", ""),
        Integer.parseInt(settings.get("smpp.port")),
        Optional.of(new Trust(authorities))
            .filter(trust -> Boolean.parseBoolean(settings.get("smpp.tls.enabled"))),
        new Account(
            settings.get("smpp.systemId"),
            new Secret(settings.get("smpp.password")),
            settings.get("smpp.systemType")),
        address(settings, "source", settings.get("smpp.sourceAddress")),
        address(settings, "destination", ""),
        new Times(
            millis(settings, "connectSeconds"),
            millis(settings, "answerSeconds"),
            millis(settings, "enquireSeconds"),
            Long.parseLong(settings.get("smpp.backoff.firstMillis")),
            millis(settings, "backoff.maxSeconds")),
        Integer.parseInt(settings.get("window")),
        Integer.parseInt(settings.get("incoming")),
        Boolean.parseBoolean(settings.get("receipts")));
  }

  private static Address address(Map<String, String> settings, String which, String number) {
    return new Address(
        TypeOfNumber.valueOf(Byte.parseByte(settings.get("smpp." + which + "Ton"))),
        NumberingPlanIndicator.valueOf(Byte.parseByte(settings.get("smpp." + which + "Npi"))),
        number);
  }

  private static int millis(Map<String, String> settings, String name) {
    return (int) TimeUnit.SECONDS.toMillis(Long.parseLong(settings.get("smpp." + name)));
  }
}
