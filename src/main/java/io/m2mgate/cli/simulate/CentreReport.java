package io.m2mgate.cli.simulate;

/**
 * What became of the messages of a fleet that lives by them.
 *
 * @param taken messages of terminals that the gateway acknowledged to the centre
 * @param again deliveries that it did not acknowledge, after which the centre brought the message again
 * @param held messages that it had not acknowledged in the end
 * @param given messages of the gateway that went to a terminal
 * @param nobody those for numbers where no terminal was
 * @param strange those that were not one whole frame from the port of the service
 * @param tooLong frames of terminals that no message takes, and that were not sent
 * @param full messages of terminals for which the centre had no room
 */
public record CentreReport(
    long taken,
    long again,
    long held,
    long given,
    long nobody,
    long strange,
    long tooLong,
    long full) {}
