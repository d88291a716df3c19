package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.BUFFER;
import static io.m2mgate.config.SettingForms.FLAG;
import static io.m2mgate.config.SettingForms.HOST;
import static io.m2mgate.config.SettingForms.PORT;
import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of the UDP listener; used while the catalogue is made. */
final class UdpDefs {
  private static final int LONGEST_DATAGRAM = 65_507;

  private UdpDefs() {}

  static void add(List<SettingDef> defs) {
    add(defs, "enabled", FLAG, "true", "", "Listen for terminals on UDP.");
    add(defs, "host", HOST, "127.0.0.1", "", "Address to listen on.");
    add(defs, "port", PORT, "9992", "", "Port to listen on; 0 takes any free one.");
    add(
        defs,
        "receiveBufferBytes",
        BUFFER,
        "4194304",
        "bytes",
        "Datagrams that the kernel keeps for each lane until they are read; more are lost."
            + " It gives no more than net.core.rmem_max.");
    add(
        defs,
        "sendBufferBytes",
        BUFFER,
        "1048576",
        "bytes",
        "Datagrams that the kernel keeps for each lane until they are sent; as many bytes may wait before it, more are dropped.");
    add(
        defs,
        "candidateBytes",
        count(0, LONGEST_DATAGRAM),
        "512",
        "bytes",
        "Of requests that go to an address at which a terminal was heard but not verified, for each frame that came from there.");
  }

  private static void add(
      List<SettingDef> defs, String key, SettingType type, String value, String unit, String doc) {
    defs.add(new SettingDef("terminal.udp." + key, type, value, unit, doc));
  }
}
