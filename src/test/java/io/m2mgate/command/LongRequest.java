package io.m2mgate.command;

import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.session.Terminal;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A request with any body, and what became of it. Used on the terminal's lane. */
final class LongRequest implements TerminalRequest {
  private final Command command;
  private final byte[] body;
  private final List<byte[]> acked;
  private final List<End> ends;
  private final List<String> unfit;
  private final List<Integer> sequences = new ArrayList<>();

  LongRequest(
      Command command, byte[] body, List<byte[]> acked, List<End> ends, List<String> unfit) {
    this.command = command;
    this.body = body;
    this.acked = acked;
    this.ends = ends;
    this.unfit = unfit;
  }

  /** The sequences that it was told it left under, one for each send that the terminal did not ask for. */
  List<Integer> sequences() {
    return sequences;
  }

  @Override
  public Command command() {
    return command;
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public boolean patient() {
    return false;
  }

  @Override
  public long expiresMillis() {
    return Long.MAX_VALUE;
  }

  @Override
  public void waitsElsewhere(String reason) {
    unfit.add(reason);
  }

  @Override
  public void doesNotFit(String reason) {
    unfit.add(reason);
  }

  @Override
  public Future<Boolean> leave(Terminal terminal, int sequence) {
    return Future.succeededFuture(true);
  }

  @Override
  public Optional<byte[]> body(Terminal terminal) {
    return Optional.of(body);
  }

  @Override
  public void left(int sequence, String bearer, boolean repeat) {
    sequences.add(sequence);
  }

  @Override
  public void acked(Ack ack) {
    int from = ack.bodyOffset();
    acked.add(Arrays.copyOfRange(ack.bytes(), from, from + ack.bodyLength()));
  }

  @Override
  public void finished(End end) {
    ends.add(end);
  }
}
