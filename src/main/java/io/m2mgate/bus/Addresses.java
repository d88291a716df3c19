package io.m2mgate.bus;

import io.m2mgate.dictionary.Command;
import java.util.Locale;

/** Event-bus addresses of the data plane. Each carries the lane's number, so that a message never leaves its loop unasked. */
public final class Addresses {

  private Addresses() {}

  /** Bearers to the security verticle: {@link InboundBatch}, also from other lanes. */
  public static String inbound(int lane) {
    return "lane." + lane + ".inbound";
  }

  /** Security verticle to the handler of one command: {@link UplinkBatch}, {@link OpeningBatch} for login and register. */
  public static String command(int lane, Command command) {
    return "lane." + lane + ".command." + command.name().toLowerCase(Locale.ROOT);
  }

  /** Handlers to the security verticle, to be sealed: {@link ReplyBatch}. */
  public static String replies(int lane) {
    return "lane." + lane + ".replies";
  }

  /** Security verticle to a bearer, to be written: {@link OutboundBatch}. */
  public static String outbound(int lane, String bearer) {
    return "lane." + lane + ".outbound." + bearer;
  }

  /** Anybody on the lane to the security verticle: one request to seal and write ({@link Request.Sending}). */
  public static String request(int lane) {
    return "lane." + lane + ".request";
  }

  /** Security verticle to who sends requests in sessions: their answers, verified ({@link AckBatch}). */
  public static String acks(int lane) {
    return "lane." + lane + ".acks";
  }

  /** Security verticle to who distributes security parameters: unsigned answers ({@link AckBatch}). */
  public static String registrationAcks(int lane) {
    return "lane." + lane + ".registration-acks";
  }

  /**
   * Security verticle to who asks something of terminals: one has a pending set or open commands, or it may have none any more
   * ({@link SecretsPending}).
   */
  public static String secretsPending(int lane) {
    return "lane." + lane + ".secrets-pending";
  }

  /** Anybody to a lane: commands of the terminal of this serial ({@code String}) were asked or cancelled in the store. */
  public static String commandsDue(int lane) {
    return "lane." + lane + ".commands-due";
  }

  /** Handler of reports to who asks something of terminals: what one with open commands reported of its security ({@link SecurityReported}). */
  public static String securityReported(int lane) {
    return "lane." + lane + ".security-reported";
  }

  /** Handler of reports to who asks something of terminals: parameters were changed where the terminal stands ({@link LocalChange}). */
  public static String localChange(int lane) {
    return "lane." + lane + ".local-change";
  }

  /** Handler of FILE_REQ to who asks something of terminals: a terminal fetches the file of an upgrade ({@link FileAsked}). */
  public static String fileAsked(int lane) {
    return "lane." + lane + ".file-asked";
  }

  /** A lane to who counts: a command that the platform itself asked for ({@code StoredCommand}). */
  public static String commandAsked() {
    return "commands.asked";
  }

  /** Whoever ended a command to all who may wait for it: the command as it ended ({@code StoredCommand}), published. */
  public static String commandEnded() {
    return "commands.ended";
  }

  /** Anybody to a lane: what it knows of the presence of terminals ({@link PresenceAsked}). */
  public static String presence(int lane) {
    return "lane." + lane + ".presence";
  }

  /** Registration to the terminal's lane: it may have security parameters to come ({@link Registered}). */
  public static String registered(int lane) {
    return "lane." + lane + ".registered";
  }

  /** Store to the lane that asked: {@code CommitBatch}. */
  public static String committed(int lane) {
    return "lane." + lane + ".committed";
  }

  /** Handlers to the security verticle: a change of session is durable, its terminal's later frames may come ({@code Resident}). */
  public static String released(int lane) {
    return "lane." + lane + ".released";
  }

  /** One lane's security verticle to another's: a terminal moves ({@code Terminal}). */
  public static String adopted(int lane) {
    return "lane." + lane + ".adopted";
  }

  /** A lane to itself: the terminal of this serial ({@code String}) has moved to another. */
  public static String left(int lane) {
    return "lane." + lane + ".left";
  }

  /** Lane to lane: security parameters that are on their way to a terminal which moved ({@code Distribution}). */
  public static String distribution(int lane) {
    return "lane." + lane + ".distribution";
  }

  /** To the lane of a terminal: a frame that came by short message ({@link ReceivedFrame}). */
  public static String shortMessage(int lane) {
    return "lane." + lane + ".shortMessage";
  }

  /** Lane to lane: frames of the receiver's sockets that are finished with ({@link InboundBatch}). */
  public static String completed(int lane) {
    return "lane." + lane + ".completed";
  }

  /** The gateway to a lane's bearer: read no more, answer what is under way, close ({@code CompletableFuture<Void>}). */
  public static String drain(int lane, String bearer) {
    return "lane." + lane + ".drain." + bearer;
  }

  /** To a lane: bring the terminal of this serial ({@code String}) into memory. */
  public static String visit(int lane) {
    return "lane." + lane + ".visit";
  }

  /** Administration to a lane: a terminal's stored record changed ({@link TerminalChanged}). */
  public static String changed(int lane) {
    return "lane." + lane + ".changed";
  }

  /** The same for many terminals at once ({@link TerminalsChanged}). */
  public static String changedMany(int lane) {
    return "lane." + lane + ".changed-many";
  }

  /** Administration to a lane: wrong proofs of the terminal of this serial ({@code String}) are forgiven. */
  public static String unlocked(int lane) {
    return "lane." + lane + ".unlocked";
  }
}
