package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.MalformedFrame;

/** HEART_BEAT: answered at once from memory; keeps presence and the radio facts (clause 5.3.4). */
public final class HeartBeatVerticle extends UplinkVerticle {

  private static final byte[] EMPTY = {};

  public HeartBeatVerticle() {
    super(Command.HEART_BEAT);
  }

  @Override
  protected void handle(Uplink beat) {
    Terminal terminal = beat.terminal();
    if (!beat.signed()) {
      terminal.beat(beat.inbound().origin(), beat.inbound().receivedMillis());
    }
    if (beat.bodyLength() > 0
        && (beat.signed() || terminal.place().isHome(beat.inbound().origin()))) {
      keepRadio(beat, terminal);
    }
    answer(beat, 0, EMPTY);
  }

  private static void keepRadio(Uplink beat, Terminal terminal) {
    try {
      Radio radio = Radio.of(beat.body());
      terminal.facts().radio(radio.signal(), radio.lac(), radio.cell());
    } catch (MalformedFrame e) {
      // The beat itself is good; what it carries beyond that is not worth an unanswered terminal.
    }
  }
}
