package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.FLAG;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of requests to terminals and of new secrets; used while the catalogue is made. */
final class RotationDefs {
  private static final long TEN_YEARS = 315_360_000;

  private RotationDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(
        new SettingDef(
            "security.rotation.deadlineSeconds",
            count(1, TEN_YEARS),
            "86400",
            "seconds",
            "After which a rotation that no session confirmed is called unconfirmed; it is never ended by that."));
    defs.add(new SettingDef(
        "security.rotation.lifetimeSeconds",
        count(0, TEN_YEARS),
        "0",
        "seconds",
        "For which new passwords and keys are good; 0 without end."));
    defs.add(
        new SettingDef(
            "security.rotation.auto",
            FLAG,
            "true",
            "",
            "Rotate secrets that expire when security.expiry.warnSeconds are left; those without an end never."));
    defs.add(new SettingDef(
        "security.rotation.checkSeconds",
        count(1, 86_400),
        "60",
        "seconds",
        "How often deadlines and expiries are looked at."));
    defs.add(new SettingDef(
        "security.expiry.warnSeconds",
        count(0, TEN_YEARS),
        "2592000",
        "seconds",
        "Before the expiry of a secret at which its application is told."));
    defs.add(new SettingDef(
        "exchange.maxTerminals",
        COUNT,
        "20000",
        "terminals",
        "In memory with requests that wait for them; of others they wait in the store."));
    defs.add(
        new SettingDef(
            "exchange.queueLength",
            count(4, 1000),
            "16",
            "requests",
            "That may wait for one terminal in memory, business data taking half of them at most; others wait in the store."));
    defs.add(
        new SettingDef(
            "commands.effectSeconds",
            count(1, 86_400),
            "600",
            "seconds",
            "After an answer within which what shows that a command was carried out must be seen; then it is called timed out."));
  }
}
