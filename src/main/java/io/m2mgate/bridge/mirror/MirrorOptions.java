package io.m2mgate.bridge.mirror;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What is mirrored, where to, and within what bounds.
 *
 * @param applications whose events are published; empty = all
 * @param types full type names of what is published; empty = all
 * @param qos 0 or 1
 * @param fromOldest whether a mirror that starts first begins at the oldest event of each log, else at its end
 */
public record MirrorOptions(
    Broker broker,
    Set<String> applications,
    Set<String> types,
    int qos,
    boolean fromOldest,
    Limits limits,
    Requests requests) {

  public MirrorOptions {
    applications = Set.copyOf(applications);
    types = Set.copyOf(types);
  }

  /**
   * The broker and how it is spoken to.
   *
   * @param tls absent = plain text
   * @param firstMillis between a failed try and the next one, doubled from then on
   * @param mostMillis what that time grows to
   */
  public record Broker(
      String host,
      int port,
      Optional<Tls> tls,
      String clientId,
      Optional<Credentials> credentials,
      int keepAliveSeconds,
      int connectSeconds,
      long firstMillis,
      long mostMillis) {}

  /** Never shows the password. */
  public record Credentials(String user, String password) {
    @Override
    public String toString() {
      return "Credentials[" + user + "]";
    }
  }

  /**
   * PEM files.
   *
   * @param authorities absent = those that Java trusts
   * @param certificate absent = the broker asks for none
   */
  public record Tls(
      Optional<Path> authorities,
      Optional<Path> certificate,
      Optional<Path> key,
      boolean verifyHost) {}

  /**
   * @param window messages that the broker has not acknowledged, of all applications together
   * @param queueBytes of such messages
   * @param messageBytes a greater event is left out
   * @param commitMillis at most so long after a PUBACK the cursor is stored
   * @param drainMillis the longest wait for acknowledgements when the gateway stops
   */
  public record Limits(
      int window, int queueBytes, int messageBytes, long commitMillis, long drainMillis) {}

  /**
   * Requests from the broker.
   *
   * @param waiting how many may wait; more are refused
   * @param messageBytes a greater one is refused
   */
  public record Requests(boolean enabled, int waiting, int messageBytes) {

    private static final int REFUSABLE = 16;

    /** The greatest packet that is read at all; one beyond ends the connection, and would come again in the next one. */
    int packetBytes() {
      return REFUSABLE * messageBytes;
    }
  }

  boolean mirrors(String app) {
    return applications.isEmpty() || applications.contains(app);
  }
}
