package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.FILE;
import static io.m2mgate.config.SettingForms.count;

import io.m2mgate.config.SettingType.Ranges;
import java.util.List;

/** The settings of lock-out, secrets and keys, as data; stateless. */
final class SecurityDefs {
  private SecurityDefs() {}

  static void all(List<SettingDef> defs) {
    add(
        defs,
        "security.maxFailures",
        count(1, 1000),
        "5",
        "failures",
        "Wrong digests from one source that lock it out" + " for that terminal.");
    add(
        defs,
        "security.failureWindowSeconds",
        count(1, 86_400),
        "600",
        "seconds",
        "Within which they are counted.");
    add(defs, "security.lockSeconds", count(1, 86_400), "300", "seconds", "How long a lock holds.");
    sessionKeys(defs);
    add(
        defs,
        "security.sourceChecksPerSecond",
        count(1, 1_000_000),
        "100",
        "proofs",
        "Looked at from a source with more than ten times maxFailures wrong ones, over all terminals;"
            + " shared by the lanes. Terminals at the address of their last session are not held back.");
    add(
        defs,
        "security.trackedFailures",
        count(100, 10_000_000),
        "20000",
        "entries",
        "Terminals, sources and pairs of them whose failures are remembered; shared by the lanes.");
    add(
        defs,
        "security.auditsPerMinute",
        count(1, 1_000_000),
        "600",
        "entries",
        "Registrations, refusals, locks and attacks that go into the audit, of terminals and as many of applications;"
            + " what is more is counted only.");
    add(
        defs,
        "security.clearSecretsTo",
        new Ranges(),
        "127.0.0.0/8,::1/128",
        "",
        "Sources that may be given secrets in" + " clear over TCP; set the operator's APN range.");
    add(
        defs,
        "security.masterKeyFile",
        FILE,
        "",
        "",
        "Key that seals secrets in the store; nothing means"
            + " <data.dir>/master.key. Created when missing.");
  }

  private static void sessionKeys(List<SettingDef> defs) {
    add(
        defs,
        "security.sessionKeySeconds",
        count(60, 31_536_000),
        "86400",
        "seconds",
        "How long a session key is good; the terminal is told, and logs in again for another.");
    add(
        defs,
        "security.sessionKeyBlocks",
        count(1, Integer.MAX_VALUE),
        "1048576",
        "blocks",
        "Cipher blocks under one session key after which"
            + " an event says that it is worn; 2^20 is the limit for triple DES.");
    add(
        defs,
        "security.cipherKeys",
        count(2, 10_000_000),
        "10000",
        "keys",
        "Triple DES keys kept ready over all lanes,"
            + " two for each encrypted session, some 420 bytes each.");
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
