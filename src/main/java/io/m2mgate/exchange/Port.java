package io.m2mgate.exchange;

/** What an {@link Exchange} does to the world. Calls back into the exchange from within are allowed. */
public interface Port<O extends Order> {

  /** The order is about to leave its queue: make that durable, then call {@link Exchange#prepared} or {@link Exchange#unprepared}. */
  void prepare(O order);

  /**
   * Sends, or repeats the same frame.
   *
   * @return false when there is no way to the terminal now: the order waits for the next verified uplink
   */
  boolean send(O order, Sending sending);

  /**
   * True when what left of the order last was a part of it, or would be: such leave again under a new sequence (wire 6).
   */
  default boolean inParts(O order) {
    return false;
  }
  /** All its sends stayed unanswered: the patient order went back to its queue. */
  void rested(O order);

  /** The order ended without an ack. */
  void finished(O order, End end);

  /**
   * @param sequence new when the order never left under this session or a part of it leaves again, else that of its last send
   * @param timestamp of the session it goes under
   * @param repeat it went before under this session: the same frame, or the message that is going on
   * @param wanted the terminal asked for what leaves now
   */
  record Sending(int sequence, long timestamp, boolean repeat, boolean wanted) {}

  /** How an order ends that no ack ended. */
  enum End {
    /** Past its time, and never sent. */
    EXPIRED,
    /** Past its time or its sends, and sent. */
    TIMED_OUT,
    /** Taken back. */
    CANCELLED
  }
}
