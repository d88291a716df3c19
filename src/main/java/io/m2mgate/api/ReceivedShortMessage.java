package io.m2mgate.api;

/**
 * One message from a telephone. The array is the message's own: who gets it does not change it.
 *
 * @param from the telephone's number as the centre gives it
 * @param to the number that it was sent to
 * @param dataCoding how the content is coded, TP-DCS; 4 is 8-bit data
 * @param hasHeader the centre says that the user data begin with a header (UDHI); some do not say so
 * @param userData header and content
 */
public record ReceivedShortMessage(
    String from, String to, int dataCoding, boolean hasHeader, byte[] userData) {}
