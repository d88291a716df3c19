package io.m2mgate.bridge.http;

import io.m2mgate.net.ListenerTls;
import java.util.List;
import java.util.Optional;

/**
 * How the HTTP bridge listens and what it bounds.
 *
 * @param port 0 = any
 * @param tls absent = plain text (whether that is allowed is the settings' check)
 * @param maxBodyBytes of a JSON request body
 * @param maxWaitSeconds of {@code Prefer: wait}
 * @param streamCommentMillis between two comments of a stream
 * @param streamStallMillis after which a stream whose client does not read is closed
 * @param streamQueueBytes of a stream that may wait in the socket's queue
 * @param maxStreams event streams and waiting pulls at once
 * @param docs whether the description of the interface is served
 * @param uploads bounds of what administration sends by the line
 * @param parts what readiness asks beside the store
 */
public record HttpOptions(
    String host,
    int port,
    Optional<ListenerTls> tls,
    int maxBodyBytes,
    int maxWaitSeconds,
    long streamCommentMillis,
    long streamStallMillis,
    int streamQueueBytes,
    int maxStreams,
    boolean docs,
    Uploads uploads,
    List<ReadinessPart> parts) {

  /**
   * @param maxLineBytes a longer line is refused, the others are taken
   * @param batchRows lines that are stored at a time; two batches are in memory
   */
  public record Uploads(int maxLineBytes, int batchRows) {}

  public static HttpOptions at(String host, int port) {
    return new HttpOptions(
        host,
        port,
        Optional.empty(),
        64 * 1024,
        60,
        15_000,
        30_000,
        64 * 1024,
        500,
        true,
        new Uploads(16 * 1024, 250),
        List.of());
  }

  public HttpOptions withParts(List<ReadinessPart> more) {
    return new HttpOptions(
        host,
        port,
        tls,
        maxBodyBytes,
        maxWaitSeconds,
        streamCommentMillis,
        streamStallMillis,
        streamQueueBytes,
        maxStreams,
        docs,
        uploads,
        List.copyOf(more));
  }

  public HttpOptions withStreamMillis(long comment, long stall) {
    return new HttpOptions(
        host,
        port,
        tls,
        maxBodyBytes,
        maxWaitSeconds,
        comment,
        stall,
        streamQueueBytes,
        maxStreams,
        docs,
        uploads,
        parts);
  }

  boolean loopback() {
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }
}
