package io.m2mgate.sms;

import io.m2mgate.dictionary.ShortMessageDef;
import java.util.Arrays;

/**
 * The header in front of a frame in a short message (sms.md; information elements of 3GPP TS 23.040, 9.2.3.24). Stateless.
 *
 * @param reference of the message that this is a part of, by whoever sent it
 * @param total parts of that message; 1 where it is whole
 * @param index of this part, from 1
 * @param content what follows the header
 */
public record UserData(int reference, int total, int index, byte[] content) {

  private static final int PORTS = 0x05;
  private static final int PORTS_LENGTH = 4;
  private static final int PART = 0x00;
  private static final int PART_LENGTH = 3;
  private static final int WIDE_PART = 0x08;
  private static final int WIDE_PART_LENGTH = 4;

  /** Bytes after the first one. */
  private static final int HEADER_LENGTH = 2 + PORTS_LENGTH + 2 + PART_LENGTH;

  /** The user data that carry a frame to a terminal. */
  public static byte[] toTerminal(ShortMessageDef form, byte[] frame) {
    return write(form, form.downlinkPort(), frame);
  }

  /** The user data as a terminal sends them. */
  public static byte[] toPlatform(ShortMessageDef form, byte[] frame) {
    return write(form, form.uplinkPort(), frame);
  }

  private static byte[] write(ShortMessageDef form, int destination, byte[] frame) {
    byte[] header = {
      HEADER_LENGTH,
      PORTS,
      PORTS_LENGTH,
      (byte) (destination >> 8),
      (byte) destination,
      (byte) (form.servicePort() >> 8),
      (byte) form.servicePort(),
      PART,
      PART_LENGTH,
      (byte) form.reference(),
      1,
      1
    };
    byte[] data = Arrays.copyOf(header, header.length + frame.length);
    System.arraycopy(frame, 0, data, header.length, frame.length);
    return data;
  }

  /**
   * Reads what came, whatever port it is for. A header counts where the centre says that there is one, and where the first bytes say so
   * themselves: some centres do not tell.
   *
   * @throws Unreadable when the header runs past the data or contradicts itself
   */
  static UserData read(byte[] data, boolean hasHeader) throws Unreadable {
    boolean shows = data.length > HEADER_LENGTH
        && data[0] == HEADER_LENGTH
        && data[1] == PORTS
        && data[2] == PORTS_LENGTH;
    return hasHeader || shows ? readHeader(data) : new UserData(0, 1, 1, data);
  }

  private static UserData readHeader(byte[] data) throws Unreadable {
    int end = data.length == 0 ? 0 : 1 + u8(data, 0);
    if (end == 0 || end > data.length) {
      throw new Unreadable();
    }
    int reference = 0;
    int total = 1;
    int index = 1;
    int at = 1;
    while (at + 2 <= end) {
      int element = u8(data, at);
      int length = u8(data, at + 1);
      int value = at + 2;
      at = value + length;
      if (at > end) {
        throw new Unreadable();
      }
      if (element == PART && length == PART_LENGTH) {
        reference = u8(data, value);
        total = u8(data, value + 1);
        index = u8(data, value + 2);
      } else if (element == WIDE_PART && length == WIDE_PART_LENGTH) {
        reference = u8(data, value) << 8 | u8(data, value + 1);
        total = u8(data, value + 2);
        index = u8(data, value + 3);
      }
    }
    if (at != end || index < 1 || index > total) {
      throw new Unreadable();
    }
    return new UserData(reference, total, index, Arrays.copyOfRange(data, end, data.length));
  }

  private static int u8(byte[] data, int at) {
    return data[at] & 0xFF;
  }

  /** The header of user data that is none. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    private Unreadable() {
      super("no header of user data", null, false, false);
    }
  }
}
