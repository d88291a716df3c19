package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.wire.InnerCommand;

/**
 * The data member of {@code m2m.data.up} ({@code application.md}, "Event envelope"). On the path of every reading, so it writes into
 * one text that it keeps. Owned by one lane.
 */
final class DataUpJson {

  private static final char[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".toCharArray();

  /** A longer text is not kept for the next reading. */
  private static final int KEPT = 8 * 1024;

  private StringBuilder text = new StringBuilder(KEPT);

  /** @param app that it is for */
  String toApplication(Uplink uplink, DataParts parts, String app, boolean crcOk) {
    begin(uplink.bytes(), parts.dataAt(), parts.dataLength());
    text.append(",\"crcOk\":").append(crcOk);
    origin(uplink);
    application(uplink, app);
    return end(uplink);
  }

  /** @param command that carries it to the other terminal */
  String toTerminal(Uplink uplink, DataParts parts, StoredCommand command, boolean crcOk) {
    begin(uplink.bytes(), parts.dataAt(), parts.dataLength());
    text.append(",\"crcOk\":").append(crcOk);
    origin(uplink);
    text.append("{\"terminal\":\"")
        .append(command.serial())
        .append("\",\"command\":\"")
        .append(command.id())
        .append("\"}");
    return end(uplink);
  }

  /**
   * A command that the terminal sends to an application.
   *
   * @param tlvs with the command that it carries
   * @param app that it is for
   */
  String command(Uplink uplink, byte[] tlvs, InnerCommand inner, String app) {
    begin(tlvs, 0, tlvs.length);
    text.append(",\"command\":\"")
        .append(String.format("%04X", uplink.command().id()))
        .append("\",\"inner\":{\"command\":\"")
        .append(inner.hex())
        .append("\",\"name\":\"")
        .append(inner.name())
        .append("\"}");
    origin(uplink);
    application(uplink, app);
    return end(uplink);
  }

  private void begin(byte[] payload, int at, int length) {
    text.setLength(0);
    text.append("{\"payload\":\"");
    base64(payload, at, length);
    text.append('"');
  }

  /** Up to whom it is for. */
  private void origin(Uplink uplink) {
    text.append(",\"bearer\":\"")
        .append(uplink.inbound().origin().bearer())
        .append("\",\"seq\":")
        .append(Integer.toUnsignedLong(uplink.inbound().frame().sequence()))
        .append(",\"to\":");
  }

  private void application(Uplink uplink, String app) {
    text.append("{\"app\":\"").append(app).append("\"}");
    String bound = uplink.terminal().terminalRecord().app();
    if (!app.equals(bound)) {
      text.append(",\"from\":{\"app\":\"").append(bound).append("\"}");
    }
  }

  private String end(Uplink uplink) {
    text.append(",\"profile\":\"")
        .append(uplink.terminal().profile().name())
        .append("\",\"dialect\":\"")
        .append(uplink.dialect().name())
        .append("\",\"suspectedDuplicate\":")
        .append(uplink.suspectedDuplicate())
        .append('}');
    String json = text.toString();
    if (text.capacity() > KEPT) {
      text = new StringBuilder(KEPT);
    }
    return json;
  }

  private void base64(byte[] b, int from, int length) {
    int end = from + length;
    int at = from;
    for (; end - at >= 3; at += 3) {
      int bits = (b[at] & 0xFF) << 16 | (b[at + 1] & 0xFF) << 8 | b[at + 2] & 0xFF;
      text.append(BASE64[bits >>> 18])
          .append(BASE64[bits >>> 12 & 63])
          .append(BASE64[bits >>> 6 & 63])
          .append(BASE64[bits & 63]);
    }
    if (end - at == 2) {
      int bits = (b[at] & 0xFF) << 8 | b[at + 1] & 0xFF;
      text.append(BASE64[bits >>> 10])
          .append(BASE64[bits >>> 4 & 63])
          .append(BASE64[bits << 2 & 63])
          .append('=');
    } else if (end - at == 1) {
      int bits = b[at] & 0xFF;
      text.append(BASE64[bits >>> 2]).append(BASE64[bits << 4 & 63]).append("==");
    }
  }
}
