package io.m2mgate.bus;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Session;
import io.m2mgate.wire.Segmenter;
import java.util.Optional;

/**
 * A request of the platform to a terminal. Sealed when it is first sent and repeated as the same bytes (5.4.6); in parts where it
 * is too long for one frame, each of which is sealed when it leaves (wire 6). Used on the terminal's lane.
 */
public final class Request {

  private final Dialect dialect;
  private final CommandDef command;
  private final String serial;
  private final byte[] body;
  private final Seal seal;
  private int sequence;
  private Optional<byte[]> sealed = Optional.empty();
  private Optional<Segmenter> parts = Optional.empty();

  /** How a request is protected (wire 3). */
  public sealed interface Seal {
    /** The session whose digest it carries. */
    default Optional<Session> signedIn() {
      return Optional.empty();
    }
  }

  /** Signed, and encrypted where the session is, as any request in a session. */
  public record InSession(Session session) implements Seal {
    @Override
    public Optional<Session> signedIn() {
      return Optional.of(session);
    }
  }

  /** As {@link InSession}, in parts of the body as it goes onto the wire. */
  public record InParts(Session session, int partLength) implements Seal {
    @Override
    public Optional<Session> signedIn() {
      return Optional.of(session);
    }
  }

  /** A word about the parts of the terminal's answer: signed, and left in clear. */
  public record Word(Session session) implements Seal {
    @Override
    public Optional<Session> signedIn() {
      return Optional.of(session);
    }
  }

  /** The security parameters of a registration: no digest, the flag that says passwords are in use (5.3.1). */
  public record OfRegistration() implements Seal {}

  /** By short message: neither digest nor encryption, whatever the session has, for the number is the proof (sms.md). */
  public record ByMessage() implements Seal {}

  /** @param body fixed fields and TLVs, in clear */
  public Request(
      Dialect dialect, CommandDef command, String serial, int sequence, byte[] body, Seal seal) {
    this.dialect = dialect;
    this.command = command;
    this.serial = serial;
    this.sequence = sequence;
    this.body = body;
    this.seal = seal;
  }

  public Dialect dialect() {
    return dialect;
  }

  public CommandDef command() {
    return command;
  }

  public String serial() {
    return serial;
  }

  public int sequence() {
    return sequence;
  }

  public byte[] body() {
    return body;
  }

  public Seal seal() {
    return seal;
  }

  /** The frame, once it was sent. */
  public Optional<byte[]> sealed() {
    return sealed;
  }

  public void sealed(byte[] frame) {
    sealed = Optional.of(frame);
  }

  /** Its parts, once the first was sent; empty where it goes in one frame. */
  public Optional<Segmenter> parts() {
    return parts;
  }

  public void parts(Segmenter cut) {
    parts = Optional.of(cut);
  }

  /** Its current part is to leave, under this sequence. */
  public void goesOn(int under) {
    sequence = under;
    sealed = Optional.empty();
  }

  /** The same as it goes by short message. */
  public Request byMessage() {
    return new Request(dialect, command, serial, sequence, body, new ByMessage());
  }

  /** One sending of a request: each goes out in a write of its own. */
  public record Sending(Request request, Origin to) {}
}
