package io.m2mgate.peer;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** One PDU of SMPP 3.4, taken apart and put together by hand, so that it does not share a mistake with the library under test. */
public record SmppPdu(int command, int status, int sequence, byte[] body) {
  public static final int NACK = 0x80000000;
  public static final int BIND_TRANSCEIVER = 0x09;
  public static final int SUBMIT_SM = 0x04;
  public static final int DELIVER_SM = 0x05;
  public static final int UNBIND = 0x06;
  public static final int ENQUIRE_LINK = 0x15;
  public static final int RESPONSE = 0x80000000;
  private static final int HEADER = 16;
  private static final int LONGEST = 4_096;

  static SmppPdu read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < HEADER || length > LONGEST) {
      throw new IOException("a PDU of " + length + " bytes");
    }
    int command = in.readInt();
    int status = in.readInt();
    int sequence = in.readInt();
    return new SmppPdu(command, status, sequence, in.readNBytes(length - HEADER));
  }

  public byte[] bytes() {
    return ByteBuffer.allocate(HEADER + body.length)
        .putInt(HEADER + body.length)
        .putInt(command)
        .putInt(status)
        .putInt(sequence)
        .put(body)
        .array();
  }

  /** The message that a submit_sm or deliver_sm carries. */
  public static Message message(byte[] body) {
    var in = new Fields(ByteBuffer.wrap(body));
    in.text();
    in.octet();
    in.octet();
    String from = in.text();
    in.octet();
    in.octet();
    String to = in.text();
    int esmClass = in.octet();
    in.octet();
    in.octet();
    in.text();
    in.text();
    int registered = in.octet();
    in.octet();
    int dataCoding = in.octet();
    in.octet();
    byte[] content = new byte[in.octet()];
    in.bytes.get(content);
    return new Message(from, to, esmClass, registered, dataCoding, content);
  }

  /** What of a message matters to a test. */
  public record Message(
      String from, String to, int esmClass, int registered, int dataCoding, byte[] content) {}

  private record Fields(ByteBuffer bytes) {
    private int octet() {
      return bytes.get() & 0xFF;
    }

    private String text() {
      var text = new ByteArrayOutputStream();
      for (int next = octet(); next != 0; next = octet()) {
        text.write(next);
      }
      return text.toString(StandardCharsets.US_ASCII);
    }
  }

  /** A deliver_sm from an international number; {@code payload} puts the content into message_payload. */
  static SmppPdu deliver(
      int sequence,
      String from,
      String to,
      int esmClass,
      int dataCoding,
      byte[] content,
      boolean payload) {
    var body = new ByteArrayOutputStream();
    body.write(0);
    body.write(1);
    body.write(1);
    text(body, from);
    body.write(0);
    body.write(1);
    text(body, to);
    body.write(esmClass);
    body.writeBytes(new byte[6]);
    body.write(dataCoding);
    body.write(0);
    body.write(payload ? 0 : content.length);
    if (payload) {
      body.writeBytes(new byte[] {4, 0x24, (byte) (content.length >> 8), (byte) content.length});
    }
    body.writeBytes(content);
    return new SmppPdu(DELIVER_SM, 0, sequence, body.toByteArray());
  }

  private static void text(ByteArrayOutputStream body, String text) {
    body.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    body.write(0);
  }

  /** The fields of a bind: system_id, password. */
  static String[] credentials(byte[] body) {
    var in = new Fields(ByteBuffer.wrap(body));
    return new String[] {in.text(), in.text()};
  }

  SmppPdu answer(int answerStatus, String id) {
    byte[] text = id.getBytes(StandardCharsets.US_ASCII);
    byte[] with = new byte[text.length + 1];
    System.arraycopy(text, 0, with, 0, text.length);
    return new SmppPdu(command | RESPONSE, answerStatus, sequence, with);
  }

  SmppPdu emptyAnswer() {
    return new SmppPdu(command | RESPONSE, 0, sequence, new byte[0]);
  }
}
