package io.m2mgate.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What must hold between the settings of enabled short messages; used once, by the thread that starts. */
final class SmsRules {

  private final SmsSettings sms;
  private final Map<String, String> problems = new LinkedHashMap<>();

  private SmsRules(SmsSettings sms) {
    this.sms = sms;
  }

  /** What is wrong, by the setting's name. */
  static Map<String, String> check(SmsSettings sms) {
    var rules = new SmsRules(sms);
    if (sms.enabled()) {
      sms.optionsFile().ifPresent(file -> rules.readable("optionsFile", file));
      if (sms.link().equals("smpp")) {
        rules.smpp();
      }
    }
    return rules.problems;
  }

  private void smpp() {
    needed("smpp.host", "the centre's host name or address");
    needed("smpp.systemId", "who binds at the centre");
    String trust = sms.option("smpp.tls.trustFile");
    if (!trust.isEmpty()) {
      readable("smpp.tls.trustFile", Path.of(trust));
      if (!Boolean.parseBoolean(sms.option("smpp.tls.enabled"))) {
        problem("smpp.tls.trustFile", "trusts nobody while sms.smpp.tls.enabled is false");
      }
    }
  }

  private void needed(String name, String what) {
    if (sms.option(name).isEmpty()) {
      problem(name, "is needed while sms.enabled is true and sms.link is smpp; expected " + what);
    }
  }

  private void readable(String name, Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      problem(name, "'" + file + "' is not a readable file");
    }
  }

  private void problem(String name, String message) {
    problems.put(SmsSettings.SECTION + name, message);
  }
}
