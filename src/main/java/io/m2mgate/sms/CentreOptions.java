package io.m2mgate.sms;

/**
 * What may wait at the centre of messages, and how fast it goes.
 *
 * @param queue messages that wait or are under way
 * @param window messages that the link may have at once
 * @param perSecond messages handed to the link in a second, at most
 * @param giveUpMillis that a message waits before it fails
 * @param incoming messages from telephones that may be in work
 * @param receiptsKept messages whose receipts are waited for
 * @param drainMillis that closing lets messages go
 */
public record CentreOptions(
    int queue,
    int window,
    int perSecond,
    long giveUpMillis,
    int incoming,
    int receiptsKept,
    long drainMillis) {}
