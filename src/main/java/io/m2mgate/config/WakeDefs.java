package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of waking terminals by short message; used while the catalogue is made. */
final class WakeDefs {
  private WakeDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "wake.afterSeconds",
        count(0, 3_600),
        "10",
        "seconds",
        "For which a terminal that is in session cannot be reached before it is woken by short message: its connection may come"
            + " again by itself. One that is not in session is woken at once."));
    defs.add(new SettingDef(
        "wake.repeatSeconds",
        count(1, 86_400),
        "300",
        "seconds",
        "After a wake-up that no LOGIN followed until the next one."));
    defs.add(new SettingDef(
        "wake.sends",
        count(1, 100),
        "3",
        "messages",
        "Wake-ups of one terminal within 24 hours, whatever they are for."));
    defs.add(
        new SettingDef(
            "wake.looksPerSecond",
            COUNT,
            "20",
            "terminals",
            "That are not in memory and have commands waiting which ask for a wake-up, looked at again."));
  }
}
