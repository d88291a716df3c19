package io.m2mgate.net;

/** Why a connection ended. The names, in lower case with hyphens, are labels of a metric. */
enum CloseReason {
  /** The terminal or the network closed it. */
  PEER,
  /** No frame could begin where one had to (wire 8). */
  BAD_LENGTH,
  /** A frame began and did not end in time. */
  UNFINISHED_FRAME,
  /** No verified frame for too long; the session stays. */
  UNVERIFIED,
  /** Too much is kept for peers that have not proven anything. */
  UNVERIFIED_BYTES,
  /** The terminal did not read what it was sent. */
  OUTBOX_FULL,
  /** More connections than allowed, or too many at once. */
  NOT_ADMITTED,
  /** The gateway stops. */
  SHUTDOWN
}
