package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import java.nio.ByteBuffer;
import java.util.Base64;

/** The data member of {@code m2m.data.up} ({@code application.md}, "Event envelope"). Stateless; on the path of every reading. */
final class DataUpJson {

  private DataUpJson() {}

  static String of(Uplink uplink, int dataAt, int dataLength, String application, boolean crcOk) {
    byte[] data = new byte[dataLength];
    ByteBuffer.wrap(uplink.bytes(), dataAt, dataLength).get(data);
    return new StringBuilder(200 + dataLength * 3 / 2)
        .append("{\"payload\":\"")
        .append(Base64.getEncoder().encodeToString(data))
        .append("\",\"crcOk\":")
        .append(crcOk)
        .append(",\"bearer\":\"")
        .append(uplink.inbound().origin().bearer())
        .append("\",\"seq\":")
        .append(Integer.toUnsignedString(uplink.inbound().frame().sequence()))
        .append(",\"to\":{\"app\":\"")
        .append(application)
        .append("\"},\"profile\":\"")
        .append(uplink.terminal().profile().name())
        .append("\",\"dialect\":\"")
        .append(uplink.dialect().name())
        .append("\",\"suspectedDuplicate\":")
        .append(uplink.suspectedDuplicate())
        .append('}')
        .toString();
  }
}
