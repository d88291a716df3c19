package io.m2mgate.trace;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Origin;
import io.m2mgate.trace.Seen.Direction;
import io.m2mgate.wire.Frame;
import java.net.InetAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a trace shows. Immutable.
 *
 * @param serial of the header; empty for every one
 * @param source addresses of peers; empty for every one
 * @param directions empty for both
 * @param commands names, or four upper-case hex digits, of requests and so of their acks; empty for all
 */
public record Filter(
    Optional<String> serial,
    Optional<Predicate<InetAddress>> source,
    Set<Direction> directions,
    Set<String> commands) {

  public Filter {
    directions = Set.copyOf(directions);
    commands = Set.copyOf(commands);
  }

  boolean wants(Direction direction, Frame frame, Dialect dialect, Origin origin) {
    return (directions.isEmpty() || directions.contains(direction))
        && (serial.isEmpty() || serial.get().equals(frame.serial()))
        && wantsCommand(frame, dialect)
        && wantsSource(origin);
  }

  /** What became of an accepted frame. */
  boolean wantsLater(Frame frame, Dialect dialect, Origin origin) {
    return wants(Direction.IN, frame, dialect, origin);
  }

  /** Bytes without a serial and a command: only who asks by source alone. */
  boolean wantsUnframed(Origin origin) {
    return serial.isEmpty()
        && commands.isEmpty()
        && (directions.isEmpty() || directions.contains(Direction.IN))
        && wantsSource(origin);
  }

  private boolean wantsCommand(Frame frame, Dialect dialect) {
    if (commands.isEmpty()) {
      return true;
    }
    int id = frame.requestCommand();
    return commands.contains(String.format("%04X", id))
        || dialect.knows(id) && commands.contains(dialect.command(id).name());
  }

  private boolean wantsSource(Origin origin) {
    return source.isEmpty() || origin.address().filter(source.get()).isPresent();
  }
}
