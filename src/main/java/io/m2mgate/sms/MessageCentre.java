package io.m2mgate.sms;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessage;
import io.vertx.core.Future;
import java.util.function.Function;

/**
 * The short messages of one gateway, whatever link carries them: keeps to the rates that are allowed, repeats what the centre has no
 * room for, and bounds what waits. May be used from any thread; futures complete on any thread.
 */
public interface MessageCentre {

  /**
   * Sends a message as soon as it may go.
   *
   * @param serial of the terminal that it is for, for logs and metrics
   * @return completes when the centre has taken it; fails with {@link io.m2mgate.api.ShortMessageFault} when it was refused, did not go
   *     in time, or nobody knows
   */
  Future<Void> send(String serial, ShortMessage message);

  /**
   * Who takes what telephones send; told before {@link #open}. The message is acknowledged to the centre when the future completes,
   * and comes again when it fails.
   */
  void receiver(Function<ReceivedShortMessage, Future<Void>> takes);

  /** How it is now; a copy. */
  CentreStatus status();

  /** Opens the link; completes although the centre may not be there yet. */
  Future<Void> open();

  /** Lets what is under way end, within the time that is given for that. */
  Future<Void> close();
}
