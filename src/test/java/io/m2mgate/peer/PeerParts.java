package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a terminal sends and takes in parts, after wire.md 6; no code of the gateway. One thread owns it. */
public final class PeerParts {
  public static final int DATA = 0;
  public static final int SEND = 1;
  public static final int ABORT_BY_SENDER = 2;
  public static final int ABORT_BY_RECEIVER = 3;

  private static final int TAG = 0x4008;
  private static final int WRAPPED = 0x30;
  private static final int FIXED = 7;

  private final PeerTerminal terminal;

  public PeerParts(PeerTerminal terminal) {
    this.terminal = terminal;
  }

  /** What stands in a TLV of a part. */
  public record Word(int total, int index, int op, byte[] data) {
    /** Fails unless the body is such a TLV and nothing else. */
    public static Word of(byte[] body) {
      ByteBuffer in = ByteBuffer.wrap(body);
      assertThat(in.getShort() & 0xFFFF).as("tag").isEqualTo(TAG);
      assertThat(in.getShort() & 0xFFFF).as("length").isEqualTo(body.length - 4);
      assertThat(in.getShort()).as("transaction").isZero();
      int total = in.getShort() & 0xFFFF;
      int index = in.getShort() & 0xFFFF;
      int op = in.get() & 0xFF;
      return new Word(total, index, op, Arrays.copyOfRange(body, 4 + FIXED, body.length));
    }

    public boolean says(int someOp, int someIndex) {
      return op == someOp && index == someIndex && data.length == 0;
    }
  }

  /** A body in pieces of so many bytes. */
  public static List<byte[]> cut(byte[] body, int most) {
    List<byte[]> pieces = new ArrayList<>();
    for (int at = 0; at < body.length; at += most) {
      pieces.add(Arrays.copyOfRange(body, at, Math.min(body.length, at + most)));
    }
    return pieces;
  }

  public static byte[] tlv(int total, int index, int op, byte[] data) {
    byte[] value = bytes().u16(0).u16(total).u16(index).u8(op).raw(data).toArray();
    return bytes().tlv(TAG, value).toArray();
  }

  /** A frame of the session with one part or word. */
  public byte[] frame(int command, int sequence, int total, int index, int op, byte[] data) {
    return terminal.sign(
        terminal.unsigned(command, sequence, WRAPPED, tlv(total, index, op, data)));
  }

  /** Writes it and reads the word that answers it. */
  public Word exchange(byte[] frame) {
    terminal.link().write(frame);
    return word(frame);
  }

  /** The word that answers a frame: counterpart command, its sequence, flags 30, signed, in clear. */
  public Word word(byte[] frame) {
    PeerFrame ack = terminal.link().read().isAckOf(frame);
    return Word.of(verified(ack, WRAPPED).body());
  }

  /** The next frame of the platform, signed, with these flags. */
  public PeerFrame verified(PeerFrame frame, int flags) {
    assertThat(frame.flags()).as("flags of %s", frame).isEqualTo(flags);
    byte[] bytes = frame.bytes();
    int end = bytes.length - PeerDigest.SIZE;
    byte[] digest = PeerDigest.md5(
        bytes,
        end,
        terminal.timestamp(),
        terminal.who(),
        PeerDigest.ImeiForm.SIXTEEN_BYTES,
        terminal.who().downlink());
    assertThat(Arrays.copyOfRange(bytes, end, bytes.length))
        .as("digest of %s", frame)
        .isEqualTo(bytes().tlv(0xE021, digest).toArray());
    return frame;
  }

  /**
   * Sends the first parts of a body, each once, and expects to be asked for the next.
   *
   * @param parts how many, at most all but the last
   */
  public void begin(int command, int sequence, List<byte[]> pieces, int parts) {
    for (int index = 1; index <= parts; index++) {
      byte[] frame = frame(command, sequence, pieces.size(), index, DATA, pieces.get(index - 1));
      Word word = exchange(frame);
      assertThat(word.says(SEND, index + 1))
          .as("answer to part %d: %s", index, word)
          .isTrue();
    }
  }

  /** The last part as a frame. */
  public byte[] last(int command, int sequence, List<byte[]> pieces) {
    int total = pieces.size();
    return frame(command, sequence, total, total, DATA, pieces.get(total - 1));
  }

  /** Sends a whole body, each part once. Gives the frame of the last part, whose answer is still to be read. */
  public byte[] send(int command, int sequence, List<byte[]> pieces) {
    begin(command, sequence, pieces, pieces.size() - 1);
    byte[] last = last(command, sequence, pieces);
    terminal.link().write(last);
    return last;
  }
}
