package io.m2mgate.ops;

import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.StoredCommand.Type;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The commands' figures. Safe for any thread. */
final class CommandFigures {

  private final AtomicLong open = new AtomicLong();
  private final Map<Type, Counter> created = new EnumMap<>(Type.class);
  private final Map<Type, Map<State, Counter>> ended = new EnumMap<>(Type.class);

  CommandFigures(MeterRegistry meters, CommandWaits waits) {
    for (Type type : Type.values()) {
      created.put(
          type,
          Counter.builder("m2mgate_commands_asked")
              .description("Commands that were asked for")
              .tag("type", type.text())
              .register(meters));
      Map<State, Counter> states = new EnumMap<>(State.class);
      for (State state : State.values()) {
        if (state.isEnd()) {
          states.put(
              state,
              Counter.builder("m2mgate_commands_ended")
                  .description("Commands that ended, by how")
                  .tag("type", type.text())
                  .tag("state", state.text())
                  .register(meters));
        }
      }
      ended.put(type, states);
    }
    Gauge.builder("m2mgate_commands_open", open, AtomicLong::get)
        .description("Commands that have not ended, counted once a minute")
        .strongReference(true)
        .register(meters);
    Gauge.builder("m2mgate_commands_waiting", waits, CommandWaits::waiting)
        .description("Requests that wait for the end of a command")
        .strongReference(true)
        .register(meters);
  }

  void open(long count) {
    open.set(count);
  }

  void created(StoredCommand command) {
    created.get(command.head().type()).increment();
    open.incrementAndGet();
  }

  void ended(StoredCommand command) {
    ended.get(command.head().type()).get(command.state()).increment();
    open.decrementAndGet();
  }
}
