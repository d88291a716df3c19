package io.m2mgate.dictionary;

/**
 * How one short message carries one frame (sms.md).
 *
 * @param maxFrameBytes longest frame; there are no parts
 * @param dataCoding TP-DCS, 8-bit data
 * @param servicePort application port of the service, the source of what goes either way
 * @param uplinkPort destination of what terminals send
 * @param downlinkPort destination of what the platform sends
 * @param reference of the "part 1 of 1" that each message says it is
 */
public record ShortMessageDef(
    int maxFrameBytes,
    int dataCoding,
    int servicePort,
    int uplinkPort,
    int downlinkPort,
    int reference,
    Grade grade) {

  /** What the header leaves of the 140 bytes of a message. */
  static final int MOST_FRAME_BYTES = 128;
}
