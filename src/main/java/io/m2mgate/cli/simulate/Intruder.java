package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.List;

/**
 * One misdeed over a connection of its own: frames one after the other, each with what the gateway answers to it. Owned by the event
 * loop of its shard.
 */
final class Intruder {
  /** What is not answered within this time stays so. */
  private static final long PATIENCE_MILLIS = 1_000;

  private final Vertx vertx;
  private final Dialect dialect;
  private final Misdeed kind;
  private final ArrayDeque<byte[]> frames;
  private final SecurityTally tally;
  private final Runnable done;
  private final IncomingFrames incoming;
  private NetSocket socket;
  private long timer;
  private boolean over;

  Intruder(
      Vertx vertx,
      Dialect dialect,
      FrameDecoder decoder,
      Misdeed kind,
      List<byte[]> frames,
      SecurityTally tally,
      Runnable done) {
    this.vertx = vertx;
    this.dialect = dialect;
    this.kind = kind;
    this.frames = new ArrayDeque<>(frames);
    this.tally = tally;
    this.done = done;
    this.incoming = new IncomingFrames(decoder);
  }

  void on(NetSocket connection) {
    socket = connection;
    socket.handler(buffer -> received(buffer.getBytes()));
    socket.exceptionHandler(broken -> socket.close());
    socket.closeHandler(closed -> end("connection closed"));
    next();
  }

  /** There is no connection to do it on. */
  void failed() {
    end("no connection");
  }

  private void next() {
    byte[] frame = frames.poll();
    if (frame == null) {
      leave();
      return;
    }
    vertx.cancelTimer(timer);
    timer = vertx.setTimer(PATIENCE_MILLIS, late -> end("no answer"));
    socket.write(Buffer.buffer(frame));
  }

  private void received(byte[] bytes) {
    incoming.add(bytes);
    try {
      while (!over && incoming.next()) {
        tally.misdeed(kind, words(incoming.frame()));
        next();
      }
    } catch (MalformedFrame e) {
      end("no frame");
    }
  }

  private String words(Frame answer) {
    if (!dialect.knows(answer.requestCommand())) {
      return "an unknown command";
    }
    CommandDef command = dialect.command(answer.requestCommand());
    String name = command.name(answer.isAck());
    boolean bare = command.resultField().isEmpty() || answer.bodyLength() == 0;
    if (bare || answer.hasWrappedFlag()) {
      return name;
    }
    int result = Bytes.u8(answer.bytes(), answer.bodyOffset());
    return name + " " + result + " " + command.results().nameOf(result);
  }

  private void end(String answer) {
    if (!over) {
      tally.misdeed(kind, answer);
      leave();
    }
  }

  private void leave() {
    over = true;
    vertx.cancelTimer(timer);
    if (socket != null) {
      socket.close();
    }
    done.run();
  }
}
