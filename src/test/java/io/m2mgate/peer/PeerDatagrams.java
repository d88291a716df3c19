package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** The UDP port of a scripted terminal: a frame a datagram, and none but from the address it sends to. */
public final class PeerDatagrams extends PeerLink {
  private static final int LONGEST = 65_507;

  private final DatagramSocket socket;
  private long sent;
  private long received;

  public PeerDatagrams(InetSocketAddress platform) {
    try {
      socket = new DatagramSocket();
      socket.connect(platform);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public PeerLink another(InetSocketAddress address) {
    return new PeerDatagrams(address);
  }

  /** Each in a datagram of its own. */
  @Override
  public PeerLink write(byte[]... frames) {
    for (byte[] frame : frames) {
      write(frame, 0, frame.length);
    }
    return this;
  }

  @Override
  public PeerLink write(byte[] bytes, int offset, int atMost) {
    int length = Math.min(atMost, bytes.length - offset);
    sent += length;
    try {
      socket.send(new DatagramPacket(bytes, offset, length));
    } catch (PortUnreachableException nobodyThere) {
      // What was sent before did not arrive, and neither will this.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  @Override
  public Optional<PeerFrame> read(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    DatagramPacket packet = new DatagramPacket(new byte[LONGEST], LONGEST);
    while (true) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      try {
        socket.setSoTimeout((int) Math.max(1, left));
        socket.receive(packet);
        break;
      } catch (SocketTimeoutException e) {
        return Optional.empty();
      } catch (PortUnreachableException nobodyThere) {
        // Told once for each datagram that did not arrive.
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    received += packet.getLength();
    byte[] frame = Arrays.copyOf(packet.getData(), packet.getLength());
    assertThat(frame.length).as("bytes of a datagram").isGreaterThanOrEqualTo(PeerFrame.HEADER);
    assertThat((frame[0] & 0xFF) << 8 | frame[1] & 0xFF)
        .as("length in a datagram of %s bytes", frame.length)
        .isEqualTo(frame.length);
    return Optional.of(new PeerFrame(frame));
  }

  /** Bytes of payload that were sent from here. */
  public long sentBytes() {
    return sent;
  }

  /** Bytes of payload that were read here. */
  public long receivedBytes() {
    return received;
  }

  public int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void discard() {
    while (read(Duration.ofMillis(1)).isPresent()) {
      // The next.
    }
  }

  @Override
  public void expectClosed(Duration patience) {
    throw new UnsupportedOperationException("nothing is open between two datagrams");
  }

  @Override
  public InetSocketAddress remote() {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  @Override
  public void close() {
    socket.close();
  }
}
