package io.m2mgate.command;

import io.m2mgate.dictionary.Tags;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;

/**
 * Signal and cell as LOGIN, HEART_BEAT and CONFIG_TRAP carry them; -1 for what is not told.
 */
record Radio(int signal, int lac, int cell) {

  private static final int CELL_BYTES = 4;

  boolean told() {
    return signal >= 0 || cell >= 0;
  }

  static Radio of(Body body) throws MalformedFrame {
    Tags tags = body.dialect().tags();
    TlvReader tlvs = body.tlvs();
    int signal = -1;
    int lac = -1;
    int cell = -1;
    while (tlvs.next()) {
      if (tlvs.tag() == tags.signalLevel() && tlvs.valueLength() == 1) {
        signal = tlvs.u8();
      } else if (tlvs.tag() == tags.cellId() && tlvs.valueLength() == CELL_BYTES) {
        int both = tlvs.u32();
        lac = both >>> Short.SIZE;
        cell = both & 0xFFFF;
      }
    }
    return new Radio(signal, lac, cell);
  }
}
