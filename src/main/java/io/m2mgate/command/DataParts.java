package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;

/**
 * What is in a TRANSPARENT_DATA from a terminal (wire 7).
 *
 * @param dataAt where the payload is in the request's bytes, -1 for none
 * @param application that it is for; empty for the bound one
 * @param terminal serial of the terminal that it is for, as it stands
 * @param toTerminal it is for a terminal
 * @param destinations how many it names
 */
record DataParts(
    int crc16,
    int dataAt,
    int dataLength,
    String application,
    String terminal,
    boolean toTerminal,
    int destinations) {

  static DataParts of(Uplink uplink) throws MalformedFrame {
    Body body = uplink.body();
    Tags tags = uplink.dialect().tags();
    TlvReader tlvs = body.tlvs();
    int dataAt = -1;
    int dataLength = 0;
    String application = "";
    String terminal = "";
    boolean toTerminal = false;
    int destinations = 0;
    while (tlvs.next()) {
      if (tlvs.tag() == tags.userData() && dataAt < 0) {
        dataAt = tlvs.valueOffset();
        dataLength = tlvs.valueLength();
      } else if (tlvs.tag() == tags.destinationApplication()) {
        application = tlvs.ascii();
        destinations++;
      } else if (tlvs.tag() == tags.destinationTerminal()) {
        terminal = tlvs.ascii();
        toTerminal = true;
        destinations++;
      }
    }
    return new DataParts(
        body.intOf("crc16"), dataAt, dataLength, application, terminal, toTerminal, destinations);
  }

  boolean hasData() {
    return dataAt >= 0;
  }
}
