package io.m2mgate.net;

/** Why a datagram was not taken or not sent. The names, in lower case with hyphens, are labels of a metric. */
enum DatagramDrop {
  /** Shorter than a header, or says so. */
  TOO_SHORT,
  /** Longer than a frame may be, or says so. */
  TOO_LONG,
  /** Ends before its frame does. */
  TRUNCATED,
  /** Goes on behind its frame. */
  TRAILING_BYTES,
  /** Would have given a source at which no terminal was verified more bytes than it sent. */
  AMPLIFICATION,
  /** A request to such a source beyond {@code terminal.udp.candidateBytes}. */
  CANDIDATE_BYTES,
  /** The kernel takes no more, and as much as may wait waits. */
  SEND_BUFFER_FULL,
  /** The kernel refused it: no route, or longer than a datagram. */
  SEND_FAILED
}
