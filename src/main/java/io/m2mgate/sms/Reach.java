package io.m2mgate.sms;

import io.m2mgate.bus.ShortMessages;
import io.m2mgate.dictionary.ShortMessageDef;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.session.PhoneNumber;
import io.m2mgate.session.Profiles;
import io.m2mgate.session.TerminalRecord;
import java.util.Optional;

/** Who is reached by short message while there is a link to a centre. Immutable; may be used from any thread. */
public final class Reach implements ShortMessages {

  private final PhoneNumber numbers;
  private final Profiles profiles;
  private final ShortMessageDef form;
  private final long repeatedWithinMillis;

  public Reach(
      PhoneNumber numbers, Profiles profiles, ShortMessageDef form, long repeatedWithinMillis) {
    this.numbers = numbers;
    this.profiles = profiles;
    this.form = form;
    this.repeatedWithinMillis = repeatedWithinMillis;
  }

  @Override
  public Optional<MessageOrigin> to(TerminalRecord terminal, int lane) {
    return profiles.get(terminal.profile()).bearers().contains(Origin.SMS)
        ? numberOf(terminal).map(number -> MessageOrigin.to(lane, number))
        : Optional.empty();
  }

  @Override
  public Optional<String> numberOf(TerminalRecord terminal) {
    return terminal.msisdn().flatMap(numbers::normal);
  }

  @Override
  public long repeatedWithinMillis() {
    return repeatedWithinMillis;
  }

  @Override
  public int maxFrameBytes() {
    return form.maxFrameBytes();
  }
}
