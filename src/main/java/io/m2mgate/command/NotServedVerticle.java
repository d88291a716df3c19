package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.UnservedCommands;
import io.m2mgate.bus.Uplink;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.Refusals;
import io.m2mgate.wire.InnerCommand;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Requests that this version does not serve, and requests that only a platform makes: the command's refusal code, or silence where
 * it has none (ground rule 1). No dialect routes a TRANSPARENT_CMD; its application is told that it came (5.3.11).
 */
public final class NotServedVerticle extends LaneVerticle {

  private static final Set<Command> COMMANDS = EnumSet.of(
      Command.TRANSPARENT_CMD,
      Command.CONFIG_GET,
      Command.CONFIG_SET,
      Command.REMOTE_CTRL,
      Command.DOWNLOAD_INFO);

  private UnservedCommands unserved;

  @Override
  protected Future<?> open() {
    unserved = new UnservedCommands(lane());
    for (Command command : COMMANDS) {
      this.<UplinkBatch>consume(
          Addresses.command(lane().index(), command),
          batch -> batch.requests().forEach(this::guarded));
    }
    return Future.succeededFuture();
  }

  private void guarded(Uplink uplink) {
    lane().guard(uplink.inbound(), () -> lane().done(uplink), () -> refuse(uplink));
  }

  private void refuse(Uplink uplink) {
    uplink.request().done(uplink.command().refusal().orElse(0));
    Refusals.of(uplink).ifPresent(body -> {
      uplink.request().markAnswered();
      lane().metrics().answered(uplink.command().name(), "refused");
      lane()
          .reply(new Reply(
              uplink.inbound().origin(),
              uplink.inbound().frame(),
              uplink.inbound().frame().sequence(),
              body,
              new Reply.Signed(uplink.session())));
    });
    if (uplink.command().command() == Command.TRANSPARENT_CMD) {
      unserved.notRouted(uplink, inner(uplink));
    }
    lane().done(uplink);
  }

  private static Optional<InnerCommand> inner(Uplink uplink) {
    try {
      return InnerCommand.of(uplink.body());
    } catch (MalformedFrame e) {
      return Optional.empty();
    }
  }
}
