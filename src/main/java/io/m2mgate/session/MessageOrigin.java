package io.m2mgate.session;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * A telephone number, as a place that short messages come from and go to. Equal to every other of the same number.
 *
 * @param lane that sends to it and is told of what came from it
 * @param number digits in international form, without a sign before them
 * @param whenCompleted told when the frame that came from it is finished with; empty where nothing came
 */
public record MessageOrigin(int lane, String number, Optional<Consumer<Inbound>> whenCompleted)
    implements Origin {

  /** A number that something is to be sent to. */
  public static MessageOrigin to(int lane, String number) {
    return new MessageOrigin(lane, number, Optional.empty());
  }

  @Override
  public Origin lasting() {
    return whenCompleted.isEmpty() ? this : to(lane, number);
  }

  @Override
  public String bearer() {
    return SMS;
  }

  @Override
  public String remote() {
    return number;
  }

  @Override
  public boolean open() {
    return true;
  }

  @Override
  public void verified(long nowMillis, long heartbeatMillis) {
    // Nothing is kept open for it.
  }

  @Override
  public void completed(Inbound frame) {
    whenCompleted.ifPresent(told -> told.accept(frame));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MessageOrigin that && number.equals(that.number);
  }

  @Override
  public int hashCode() {
    return number.hashCode();
  }
}
