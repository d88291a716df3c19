package io.m2mgate.command;

import io.m2mgate.bus.Lane;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.store.CommandStore;
import io.m2mgate.store.SecurityStore;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import java.util.Optional;

/** Commands on a lane of which none can leave, for tests of what becomes of them there. */
final class LaneCommandsFixture {
  private LaneCommandsFixture() {}

  static LaneCommands commands(LaneFixture fixture, Lane lane, CommandStore store, SecretBox box) {
    var context = fixture.vertx().getOrCreateContext();
    return new LaneCommands(
        lane,
        context,
        store,
        new SimConfirmations(lane, context, LaneFixture.absent(SecurityStore.class)),
        box,
        any -> {
          throw new AssertionError("no secret is to go");
        },
        new DownlinkOptions(
            1,
            8,
            16,
            1000,
            LaneFixture.NOW,
            100,
            8,
            new UpgradeOptions(5_000, 5_000, 5_000),
            new WakeOptions(0, 300_000, 3)),
        new Downlinks() {
          @Override
          public Optional<Downlink> of(Resident any) {
            return Optional.empty();
          }

          @Override
          public Optional<Downlink> existing(Resident any) {
            return Optional.empty();
          }
        });
  }

  /** One of the sample terminal's. */
  static StoredCommand asked(Type type, String body) {
    return StoredCommand.asked(new Head(
        "01J00000000000000000000000",
        SampleTerminal.SERIAL,
        "EC01",
        type,
        "application",
        Mode.QUEUE,
        Wake.NONE,
        false,
        false,
        body,
        new byte[0],
        "",
        0,
        LaneFixture.NOW,
        LaneFixture.NOW + 1_000_000));
  }
}
