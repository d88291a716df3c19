package io.m2mgate.net;

/**
 * The UDP listener of the terminals.
 *
 * @param port 0 is any
 * @param maxFrame longest frame that is accepted, bytes; a datagram never carries more than 65,507
 * @param receiveBufferBytes of each lane's socket, in the kernel
 * @param sendBufferBytes of each lane's socket, in the kernel; as much may wait before it
 * @param candidateBytes that a frame from where no terminal was verified allows of requests, at most
 */
public record UdpOptions(
    String host,
    int port,
    int maxFrame,
    int receiveBufferBytes,
    int sendBufferBytes,
    int candidateBytes) {

  /** The longest payload of a UDP datagram over IPv4. */
  static final int LONGEST = 65_507;

  /** One byte more than any frame: what fills it is too long. */
  int slotBytes() {
    return Math.min(maxFrame, LONGEST) + 1;
  }
}
