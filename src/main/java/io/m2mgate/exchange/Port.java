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

  /** All its sends stayed unanswered: the patient order went back to its queue. */
  void rested(O order);

  /** The order ended without an ack. */
  void finished(O order, End end);

  /**
   * @param sequence new when the order never left under this session, else that of its first send
   * @param timestamp of the session it goes under
   * @param repeat the same frame went before
   */
  record Sending(int sequence, long timestamp, boolean repeat) {}

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
