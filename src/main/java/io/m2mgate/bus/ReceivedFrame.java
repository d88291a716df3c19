package io.m2mgate.bus;

import io.vertx.core.Promise;

/**
 * A frame that came by short message, on its way to the lane of its terminal.
 *
 * @param number of the sender, digits in international form
 * @param bytes the frame, without the header of the message
 * @param taken is completed when the frame is finished with and what answers it has left; failed where it must come again
 */
public record ReceivedFrame(String number, byte[] bytes, Promise<Void> taken) {}
