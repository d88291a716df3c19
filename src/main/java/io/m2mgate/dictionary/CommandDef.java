package io.m2mgate.dictionary;

import java.util.OptionalInt;

/**
 * What a dialect says about one command (wire.md 7).
 *
 * @param resultField the field of the ack that holds the result, or empty
 * @param refusal the code that answers a request which cannot be served, where there is one
 * @param routed whether a command that carries another goes to applications as data, and from them (5.3.11)
 * @param neverEncrypted whether the command and its ack stay clear in an encrypted session (wire.md 4)
 */
public record CommandDef(
    Command command,
    int id,
    int ackId,
    Side initiator,
    Layout request,
    Layout ack,
    CodeTable results,
    String resultField,
    OptionalInt refusal,
    boolean segmentable,
    boolean routed,
    boolean neverEncrypted,
    String mode,
    String notes,
    Grade grade) {

  public String name() {
    return command.name();
  }

  /** The name of the request or of its ack. */
  public String name(boolean isAck) {
    return isAck ? command.name() + "_ACK" : command.name();
  }

  /** The layout of the request or of its ack. */
  public Layout layout(boolean isAck) {
    return isAck ? ack : request;
  }
}
