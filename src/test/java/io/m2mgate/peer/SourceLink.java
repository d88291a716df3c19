package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;

import io.m2mgate.peer.PeerDigest.ImeiForm;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A connection from a loopback address of the test's choice, that sends LOGINs under any password and reads their results. */
public final class SourceLink implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;
  private static final int SILENCE_MILLIS = 500;
  private static final int RESULT_AT = 28;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private int sequence = 1;

  /** @param from {@code 127.0.0.2}, for instance */
  public SourceLink(String from, InetSocketAddress platform) {
    try {
      socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
      socket.setTcpNoDelay(true);
      socket.connect(platform, PATIENCE_MILLIS);
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A LOGIN of this terminal under a password; without waiting for its answer. */
  public SourceLink send(Identity who, String password) {
    byte[] body = bytes().ascii("1.01", 8).u32(0).toArray();
    byte[] header = bytes()
        .u16(RESULT_AT + body.length)
        .u16(PeerTerminal.LOGIN)
        .u32(sequence++)
        .u16(0x0300)
        .u8(0xA0)
        .u8(0)
        .ascii(who.serial())
        .raw(body)
        .toArray();
    try {
      socket
          .getOutputStream()
          .write(PeerDigest.append(header, 0, who, ImeiForm.SIXTEEN_BYTES, password));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The result of the next answer. */
  public int result() {
    return next(PATIENCE_MILLIS)
        .orElseThrow(() -> new AssertionError("no answer"))
        .result();
  }

  public int login(Identity who, String password) {
    return send(who, password).result();
  }

  /** The session that the LOGIN under the right password opens, tentatively. */
  public long timestamp(Identity who) {
    PeerFrame ack = send(who, who.uplink())
        .next(PATIENCE_MILLIS)
        .orElseThrow(() -> new AssertionError("no answer"));
    if (ack.result() != 0) {
      throw new AssertionError("LOGIN_ACK " + ack.result());
    }
    return ByteBuffer.wrap(ack.body()).getInt(1) & 0xFFFFFFFFL;
  }

  /** True when nothing comes. */
  public boolean silent() {
    return next(SILENCE_MILLIS).isEmpty();
  }

  private Optional<PeerFrame> next(int millis) {
    try {
      socket.setSoTimeout(millis);
      int high = in.read();
      if (high < 0) {
        throw new AssertionError("the platform closed the connection");
      }
      socket.setSoTimeout(PATIENCE_MILLIS);
      int length = high << 8 | in.readUnsignedByte();
      byte[] frame = new byte[length];
      frame[0] = (byte) (length >>> 8);
      frame[1] = (byte) length;
      in.readFully(frame, 2, length - 2);
      return Optional.of(new PeerFrame(frame));
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A password of eight that is not the terminal's. */
  public static String guess(int number) {
    return "X%07d".formatted(number);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
