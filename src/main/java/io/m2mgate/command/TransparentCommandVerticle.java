package io.m2mgate.command;

import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.UnservedCommands;
import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.Refusals;
import io.m2mgate.store.Change;
import io.m2mgate.wire.InnerCommand;
import io.m2mgate.wire.MalformedFrame;
import java.util.List;
import java.util.Optional;

/**
 * TRANSPARENT_CMD from a terminal: data for an application where the terminal's dialect routes it, else refused, and its application
 * is told that it came (5.3.11).
 */
public final class TransparentCommandVerticle extends UplinkVerticle {

  private final RelayOptions options;
  private final DataUpJson json = new DataUpJson();
  private UnservedCommands unserved;

  public TransparentCommandVerticle(RelayOptions options) {
    super(Command.TRANSPARENT_CMD);
    this.options = options;
  }

  @Override
  protected void opened() {
    unserved = new UnservedCommands(lane());
  }

  @Override
  protected void handle(Uplink uplink) {
    Optional<CarriedCommand> carried = carried(uplink);
    boolean serves = uplink.command().routed()
        && carried
            .filter(it -> it.inner().isPresent() && !it.secret() && !it.toTerminal())
            .isPresent();
    if (serves) {
      route(uplink, carried.get());
    } else {
      unserved.notRouted(uplink, carried.flatMap(CarriedCommand::inner));
      refuse(uplink);
    }
  }

  private static Optional<CarriedCommand> carried(Uplink uplink) {
    try {
      return Optional.of(CarriedCommand.of(uplink));
    } catch (MalformedFrame e) {
      return Optional.empty();
    }
  }

  private void route(Uplink uplink, CarriedCommand carried) {
    String bound = uplink.terminal().terminalRecord().app();
    String app = carried.application().isEmpty() ? bound : carried.application();
    if (carried.destinations() > 1 || !options.takes(app, bound)) {
      int invalid = uplink.command().results().code("destinationInvalid");
      answer(uplink, invalid, Refusals.result(invalid));
    } else if (!takes(bound) || !takes(app)) {
      refuse(uplink);
    } else {
      InnerCommand inner = carried.inner().orElseThrow();
      int ok = uplink.command().results().code("ok");
      Change event = new Change.AppendEvent(
          app,
          uplink.terminal().serial(),
          EventTypes.DATA_UP,
          uplink.inbound().receivedMillis(),
          json.command(uplink, carried.tlvs(), inner, app),
          mark(uplink, ok));
      commitThenAnswer(uplink, List.of(event), ok, Refusals.result(ok));
    }
  }

  private boolean takes(String app) {
    return lane().services().applicationTakes().test(app);
  }
}
