package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.COUNT;

import java.util.List;

/** The settings of what is stored for MQTT clients; stateless. */
final class MqttDefs {
  private MqttDefs() {}

  static void sessions(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "mqtt.sessionExpirySeconds",
        COUNT,
        "2592000",
        "seconds",
        "A persistent session is kept so long without its client: always for MQTT 3.1.1, at most for MQTT 5, whose client is"
            + " told when it asked for more."));
    defs.add(new SettingDef(
        "mqtt.maxSessions",
        COUNT,
        "1000",
        "sessions",
        "Persistent sessions of one application; a client that would need one more is refused."));
    defs.add(
        new SettingDef(
            "mqtt.maxSharedSubscriptions",
            COUNT,
            "100",
            "subscriptions",
            "Shared subscriptions of one application, which differ by group or filter; each has a cursor of its own in the log."));
  }
}
