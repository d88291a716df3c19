package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.ShortMessageDef;
import io.m2mgate.sms.UserData;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Context;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The telephones of the terminals of one event loop, at a centre that others share. Owned by that event loop. */
final class MessageLines {
  private final Optional<SimulatedCentre> centre;
  private final Roster roster;
  private final FrameDecoder decoder;
  private final Context context;
  private final ShortMessageDef form;
  private final byte[] header;
  private final Map<String, MessageLine> lines = new HashMap<>();

  MessageLines(
      Optional<SimulatedCentre> centre, Roster roster, PlatformFrames platform, Context context) {
    this.centre = centre;
    this.roster = roster;
    this.decoder = platform.decoder();
    this.context = context;
    this.form = platform.shortMessages();
    this.header = UserData.toTerminal(form, new byte[0]);
  }

  /** The telephone of a terminal, switched on. */
  Line line(Presence terminal) {
    String number = roster.identity(terminal.index()).number();
    MessageLine line = new MessageLine(this, number, terminal, terminal.wander());
    lines.put(number, line);
    centre().subscribe(number, data -> context.runOnContext(go -> received(number, data)));
    return line;
  }

  private SimulatedCentre centre() {
    return centre.orElseThrow(
        () -> new IllegalStateException("a fleet that lives by messages has a centre"));
  }

  /** Terminals take what comes from the service's port, one whole frame. */
  private void received(String number, byte[] data) {
    MessageLine line = lines.get(number);
    boolean ours = data.length > header.length
        && Arrays.equals(data, 0, header.length, header, 0, header.length)
        && data.length - header.length <= form.maxFrameBytes();
    if (line == null) {
      centre().figures().nobody.increment();
      return;
    }
    if (!ours) {
      centre().figures().strange.increment();
      return;
    }
    try {
      byte[] frame = Arrays.copyOfRange(data, header.length, data.length);
      line.came(decoder.frame(frame, 0, frame.length), System.nanoTime());
    } catch (MalformedFrame e) {
      centre().figures().strange.increment();
    }
  }

  void send(String number, byte[] frame) {
    if (frame.length > form.maxFrameBytes()) {
      centre().figures().tooLong.increment();
    } else {
      centre().deliver(number, UserData.toPlatform(form, frame));
    }
  }

  void later(long millis, Runnable work) {
    context.owner().setTimer(millis, timer -> work.run());
  }

  void closed(String number, MessageLine line) {
    if (lines.remove(number, line)) {
      centre().unsubscribe(number);
    }
  }
}
