package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One TCP connection of a scripted terminal: raw writes in any pieces, frames read with a deadline. */
public class PeerLink implements AutoCloseable {
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long nothing must come for a silence to count as one. */
  public static final Duration SILENCE = Duration.ofMillis(300);

  private final Socket socket;
  private final DataInputStream in;

  public PeerLink(InetSocketAddress address) {
    this(address, 0);
  }

  /** One through TLS; the handshake is done when it is there. */
  public PeerLink(InetSocketAddress address, SSLContext trust) {
    this(address, 0, tls(trust));
  }

  private static Socket tls(SSLContext trust) {
    try {
      return trust.getSocketFactory().createSocket();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One whose kernel takes only so many bytes before its owner reads them; 0 leaves that to the system. */
  public PeerLink(InetSocketAddress address, int receiveBuffer) {
    this(address, receiveBuffer, new Socket());
  }

  private PeerLink(InetSocketAddress address, int receiveBuffer, Socket unconnected) {
    socket = unconnected;
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setTcpNoDelay(true);
      socket.connect(address, (int) PATIENCE.toMillis());
      if (socket instanceof SSLSocket tls) {
        tls.startHandshake();
      }
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that is no TCP connection. */
  protected PeerLink() {
    socket = new Socket();
    in = new DataInputStream(InputStream.nullInputStream());
  }

  /** Another of the same kind. */
  public PeerLink another(InetSocketAddress address) {
    return new PeerLink(address);
  }

  /** All in one write. */
  public PeerLink write(byte[]... frames) {
    var glued = PeerBytes.bytes();
    for (byte[] frame : frames) {
      glued.raw(frame);
    }
    return write(glued.toArray(), 0, Integer.MAX_VALUE);
  }

  /** In pieces of so many bytes, each a segment of its own as far as the kernel allows. */
  public PeerLink writeInPieces(byte[] bytes, int size) {
    for (int offset = 0; offset < bytes.length; offset += size) {
      write(bytes, offset, size);
    }
    return this;
  }

  public PeerLink write(byte[] bytes, int offset, int atMost) {
    try {
      socket.getOutputStream().write(bytes, offset, Math.min(atMost, bytes.length - offset));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public PeerFrame read() {
    return read(PATIENCE).orElseThrow(() -> new AssertionError("no frame within " + PATIENCE));
  }

  /** The next frame, or empty when its first byte does not come in time. */
  public Optional<PeerFrame> read(Duration patience) {
    try {
      socket.setSoTimeout((int) patience.toMillis());
      int high = in.read();
      if (high < 0) {
        throw new AssertionError("the platform closed the connection");
      }
      socket.setSoTimeout((int) PATIENCE.toMillis());
      int length = high << 8 | in.readUnsignedByte();
      assertThat(length).as("length of a frame of the platform").isBetween(PeerFrame.HEADER, 65535);
      byte[] frame = new byte[length];
      frame[0] = (byte) high;
      frame[1] = (byte) length;
      in.readFully(frame, 2, length - 2);
      return Optional.of(new PeerFrame(frame));
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails when anything comes within {@link #SILENCE}. */
  public void expectSilence() {
    read(SILENCE).ifPresent(frame -> {
      throw new AssertionError("expected no answer, got " + frame);
    });
  }

  /** Fails unless the platform closes within that time, sending nothing more. */
  public void expectClosed(Duration patience) {
    try {
      socket.setSoTimeout((int) patience.toMillis());
      assertThat(in.read()).as("end of the stream").isEqualTo(-1);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open after " + patience, e);
    } catch (SocketException reset) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Throws away what has come by now. */
  public void discard() {
    try {
      in.skipBytes(in.available());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public InetSocketAddress remote() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
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
