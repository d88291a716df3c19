package io.m2mgate.api;

/**
 * One 8-bit message to a telephone. The array is the message's own: who gets it does not change it.
 *
 * @param to the telephone's number, digits in international form
 * @param userData header, where there is one, and content: at most 140 bytes
 * @param hasHeader the user data begin with a header (UDHI)
 * @param wantsReceipt the centre is to say what became of it
 */
public record ShortMessage(String to, byte[] userData, boolean hasHeader, boolean wantsReceipt) {}
