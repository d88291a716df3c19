package io.m2mgate.api;

import io.vertx.core.Future;

/**
 * The way to a short message centre: SMPP, a directory of files, or whatever a plugin speaks (CMPP, a modem). It carries user data as
 * it is and knows nothing of frames. One instance serves the whole gateway.
 *
 * <ol>
 *   <li>{@link #open} is called once, and before any {@link #send}. It completes although the centre does not answer: a link that is
 *       lost, or was never there, is made again by the link itself, for as long as it is not closed.
 *   <li>All methods may be called from any thread and never block it; futures may complete on any thread.
 *   <li>A {@link #send} ends: completed when the centre has taken the message, else failed with {@link ShortMessageFault}, which says
 *       whether the same message may be sent again.
 *   <li>What came from a telephone is acknowledged to the centre when the future of {@link Receiver#message} completes, and left with
 *       the centre, to be delivered again, when it fails.
 * </ol>
 */
public interface ShortMessageLink {

  /** Begins; the receiver is told of everything that comes until {@link #close}. */
  Future<Void> open(Receiver receiver);

  /** Hands one message to the centre; the result is the centre's identifier of it, empty where it gives none. */
  Future<String> send(ShortMessage message);

  /** Stops taking messages, lets those under way end, and lets go of the centre. */
  Future<Void> close();

  /** Who is told of what comes from the centre. Its methods may be called from any thread and do not block. */
  interface Receiver {

    /** A telephone sent a message. Fails when it could not be taken now and is to come again. */
    Future<Void> message(ReceivedShortMessage message);

    /** The centre says what became of a message that was sent. */
    void receipt(ShortMessageReceipt receipt);

    /**
     * The link came up or was lost.
     *
     * @param reason why it is down, for operators; empty while it is up
     */
    void state(boolean up, String reason);
  }
}
