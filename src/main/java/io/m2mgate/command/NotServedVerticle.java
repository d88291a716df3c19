package io.m2mgate.command;

import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.Reply;
import io.m2mgate.bus.Uplink;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.Refusals;
import io.vertx.core.Future;
import java.util.EnumSet;
import java.util.Set;

/**
 * Requests that this version does not serve, and requests that only a platform makes: the command's refusal code, or silence where
 * it has none (ground rule 1).
 */
public final class NotServedVerticle extends LaneVerticle {

  private static final Set<Command> COMMANDS = EnumSet.of(
      Command.CONFIG_GET, Command.CONFIG_SET, Command.REMOTE_CTRL, Command.DOWNLOAD_INFO);

  @Override
  protected Future<?> open() {
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
    lane().done(uplink);
  }
}
