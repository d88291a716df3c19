package io.m2mgate.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.Inbound;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.Vectors;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wire 8 and design 7, "connection": limits, on a pipeline that has no network under it. */
class ConnectionTest {
  private static final long T0 = 1_700_000_000_000L;
  private static final ConnectionLimits LIMITS =
      new ConnectionLimits(2, 1000, 10_000, 30_000, 120_000);
  private static final byte LAST_BEFORE_PAUSE = 7;
  private static final byte[] TRAP = Vectors.named("trap-signed").bytes();

  private final List<String> told = new ArrayList<>();
  private final List<byte[]> readings = new ArrayList<>();
  private final List<Connection> resumable = new ArrayList<>();
  private final List<Frame> frames = new ArrayList<>();
  private final TerminalSocket socket = new TerminalSocket(events());
  private final EmbeddedChannel channel = new EmbeddedChannel(socket) {
    @Override
    protected SocketAddress remoteAddress0() {
      return new InetSocketAddress("192.0.2.7", 40112);
    }
  };
  private final Connection connection =
      new Connection(3, socket, new FrameSplitter(Vectors.DECODER), LIMITS, T0, resumable::add);

  @AfterEach
  void leavesNothingBehind() {
    channel.finishAndReleaseAll();
  }

  private TerminalSocket.Events events() {
    return new TerminalSocket.Events() {
      @Override
      public void read(Connection of, ByteBuf bytes) {
        byte[] read = new byte[bytes.readableBytes()];
        bytes.readBytes(read);
        readings.add(read);
        if (read[0] == LAST_BEFORE_PAUSE) {
          of.pause();
        }
      }

      @Override
      public void drained(Connection of) {
        of.drained();
      }

      @Override
      public void closed(Connection of) {
        told.add("closed");
      }

      @Override
      public void failed(Connection of, Throwable cause) {
        told.add("failed");
      }
    };
  }

  private void read(byte[] bytes, long nowMillis) throws MalformedFrame {
    connection.read(bytes, nowMillis, frames::add);
  }

  // Verifies that a peer that was gone before its address could be asked has none, and that the
  // address of the others is read without its port.
  @Test
  void hasNoAddressWithoutAPeer() {
    assertThat(connection.address()).map(InetAddress::getHostAddress).contains("192.0.2.7");
    TerminalSocket gone = new TerminalSocket(events());
    EmbeddedChannel nowhere = new EmbeddedChannel(gone);
    Connection unknown =
        new Connection(3, gone, new FrameSplitter(Vectors.DECODER), LIMITS, T0, resumable::add);

    assertThat(unknown.remote()).isEqualTo("-");
    assertThat(unknown.address()).isEmpty();
    nowhere.finishAndReleaseAll();
  }

  // Verifies that a frame that does not end within its time is a reason to close, and that a
  // further
  // frame starts the time anew.
  @Test
  void closesUnfinished() throws Exception {
    byte[] half = Arrays.copyOf(TRAP, 20);
    read(half, T0);
    assertThat(connection.overdue(T0 + 29_999)).isEmpty();
    assertThat(connection.overdue(T0 + 30_000)).contains(CloseReason.UNFINISHED_FRAME);

    byte[] restAndHalf = Arrays.copyOf(Arrays.copyOfRange(TRAP, 20, TRAP.length), 38);
    System.arraycopy(half, 0, restAndHalf, TRAP.length - 20, 10);
    read(restAndHalf, T0 + 29_000);
    assertThat(connection.overdue(T0 + 58_999)).isEmpty();
    assertThat(connection.overdue(T0 + 59_000)).contains(CloseReason.UNFINISHED_FRAME);

    read(Arrays.copyOfRange(TRAP, 10, TRAP.length), T0 + 59_000);
    assertThat(connection.overdue(T0 + 100_000)).isEmpty();
    assertThat(frames).hasSize(2);
  }

  // Verifies that a peer that proves nothing is closed after its time, and that a terminal with a
  // long heartbeat gets more.
  @Test
  void closesUnverified() {
    assertThat(connection.overdue(T0 + 119_999)).isEmpty();
    assertThat(connection.overdue(T0 + 120_000)).contains(CloseReason.UNVERIFIED);

    connection.verified(T0 + 100_000, 30_000);
    assertThat(connection.overdue(T0 + 219_999)).isEmpty();
    assertThat(connection.overdue(T0 + 220_000)).contains(CloseReason.UNVERIFIED);

    connection.verified(T0 + 200_000, 900_000);
    assertThat(connection.overdue(T0 + 200_000 + 1_199_999)).isEmpty();
    assertThat(connection.overdue(T0 + 200_000 + 1_200_000)).contains(CloseReason.UNVERIFIED);
  }

  // Verifies that a peer that does not read is read no further and closed after its time.
  @Test
  void closesFullOutbox() {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    connection.gather(TRAP);
    connection.flush(T0);

    assertThat(connection.paused()).isTrue();
    connection.resume();
    assertThat(connection.paused()).isTrue();
    assertThat(connection.overdue(T0 + 9_999)).isEmpty();
    assertThat(connection.overdue(T0 + 10_000)).contains(CloseReason.OUTBOX_FULL);

    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    channel.runPendingTasks();
    assertThat(resumable).containsExactly(connection);
    connection.resume();
    assertThat(connection.paused()).isFalse();
    assertThat(connection.overdue(T0 + 10_000)).isEmpty();
  }

  // Verifies that what comes although reading was paused is kept, told in its order once reading
  // goes on, and that reading can
  // be paused again between two pieces of it.
  @Test
  void keepsWhatComesWhilePaused() {
    connection.pause();
    assertThat(channel.config().isAutoRead()).isFalse();
    for (byte piece : new byte[] {5, LAST_BEFORE_PAUSE, 9}) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {piece}));
    }
    assertThat(readings).isEmpty();

    connection.resume();
    assertThat(readings).containsExactly(new byte[] {5}, new byte[] {LAST_BEFORE_PAUSE});
    assertThat(channel.config().isAutoRead()).isFalse();

    connection.resume();
    assertThat(readings).hasSize(3);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  // Verifies that what nobody will read is given back to the pool when the connection is closed.
  @Test
  void releasesWhatNobodyReads() {
    ByteBuf unread = Unpooled.buffer().writeByte(5);
    connection.pause();
    channel.writeInbound(unread);
    connection.close();

    assertThat(unread.refCnt()).isZero();
    assertThat(readings).isEmpty();
    assertThat(told).containsExactly("closed");
  }

  // Verifies that a terminal is not blamed for a frame whose rest the gateway itself does not read.
  @Test
  void keepsHalfFramesWhileItIsPaused() throws Exception {
    read(Arrays.copyOf(TRAP, 20), T0);
    connection.pause();
    assertThat(connection.overdue(T0 + 50_000)).isEmpty();

    connection.resume();
    assertThat(connection.overdue(T0 + 79_999)).isEmpty();
    assertThat(connection.overdue(T0 + 80_000)).contains(CloseReason.UNFINISHED_FRAME);
  }

  // Verifies that answers of one pass are one write, and that only the first asks for it.
  @Test
  void writesOnce() {
    assertThat(connection.gather(TRAP)).isTrue();
    assertThat(connection.gather(TRAP)).isFalse();
    connection.flush(T0);

    ByteBuf written = channel.readOutbound();
    assertThat(written.readableBytes()).isEqualTo(2 * TRAP.length);
    written.release();
    assertThat(channel.<ByteBuf>readOutbound()).isNull();
    assertThat(connection.gather(TRAP)).isTrue();
    connection.flush(T0);
  }

  // Verifies that it is busy while as much is under way as may be, and that each finished frame
  // asks
  // whether it may go on.
  @Test
  void countsWhatIsUnderWay() throws Exception {
    read(TRAP, T0);
    assertThat(connection.busy()).isFalse();
    assertThat(connection.hasUnderWay()).isTrue();
    read(TRAP, T0);
    assertThat(connection.busy()).isTrue();

    connection.completed(new Inbound(frames.get(0), connection, T0));
    assertThat(connection.busy()).isFalse();
    connection.completed(new Inbound(frames.get(1), connection, T0));
    assertThat(connection.hasUnderWay()).isFalse();
    assertThat(resumable).containsExactly(connection, connection);
  }

  // Verifies that what is kept counts until the peer has proven itself.
  @Test
  void holdsForUnproven() throws Exception {
    read(Arrays.copyOf(TRAP, 20), T0);
    assertThat(connection.holdUnverified()).isPositive();
    assertThat(connection.heldBytes()).isPositive();

    connection.verified(T0, 0);
    assertThat(connection.holdUnverified()).isZero();
  }

  // Verifies that it is nobody's place any more once closed, and closes its socket once.
  @Test
  void closesOnce() {
    assertThat(connection.open()).isTrue();
    assertThat(connection.remote()).isEqualTo("192.0.2.7:40112");
    assertThat(connection.lane()).isEqualTo(3);
    assertThat(connection.bearer()).isEqualTo("tcp");

    connection.close();
    connection.close();
    connection.gather(TRAP);
    connection.flush(T0);

    assertThat(connection.open()).isFalse();
    assertThat(channel.isOpen()).isFalse();
    assertThat(told).containsExactly("closed");
    assertThat(channel.<ByteBuf>readOutbound()).isNull();
  }
}
