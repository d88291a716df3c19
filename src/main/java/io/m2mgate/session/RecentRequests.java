package io.m2mgate.session;

import java.util.List;
import java.util.Optional;

/**
 * The duplicate window of one terminal: its last eight requests, 300 seconds long (ground rule 3). Owned by the terminal's
 * lane.
 */
public final class RecentRequests {

  private static final int SIZE = 8;
  private static final long AGE_MILLIS = 300_000;
  private static final long DOWNLOAD_MILLIS = 30_000;
  /**
   * Copies under a new sequence come no sooner than this: the shortest retry of a fielded stack is 15 s. Two equal requests
   * closer together are two readings.
   */
  private static final long COPY_GAP_MILLIS = 10_000;

  /** The session of what comes by short message, which is outside of all others. */
  public static final long BY_MESSAGE = 0;

  private final RecentRequest[] ring = new RecentRequest[SIZE];
  private int next;
  private long fileAskedMillis = Long.MIN_VALUE / 2;

  /** It asked for a block of a file. */
  public void askedForFile(long nowMillis) {
    fileAskedMillis = nowMillis;
  }

  /** True while the terminal downloads, as far as can be seen (ground rule 2). */
  public boolean downloadingAt(long nowMillis) {
    return nowMillis - fileAskedMillis < DOWNLOAD_MILLIS;
  }

  /** The request that a frame of this session, sequence and content is a copy of. */
  public Optional<RecentRequest> copyOf(long session, int sequence, long hash, long nowMillis) {
    for (RecentRequest known : ring) {
      if (known != null && known.hash() == hash && alive(known, nowMillis)) {
        if (known.session() == session && known.carries(sequence)) {
          return Optional.of(known);
        }
        if (!known.answered() && nowMillis - known.lastCopyMillis() >= COPY_GAP_MILLIS) {
          return Optional.of(known);
        }
      }
    }
    return Optional.empty();
  }

  /** The request that a short message of this content is a copy of: its centre may deliver it again after hours. */
  public Optional<RecentRequest> messageOf(
      int sequence, long hash, long nowMillis, long withinMillis) {
    for (RecentRequest known : ring) {
      if (known != null
          && known.session() == BY_MESSAGE
          && known.hash() == hash
          && known.carries(sequence)
          && (known.stage() == RecentRequest.Stage.PENDING
              || nowMillis - known.lastCopyMillis() <= withinMillis)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /** The request of this session that came under this sequence. */
  public Optional<RecentRequest> under(long session, int sequence) {
    for (RecentRequest known : ring) {
      if (known != null && known.session() == session && known.carries(sequence)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /** True when a request of the same content came under another sequence or session within the terminal's retry time. */
  public boolean suspects(long session, int sequence, long hash, long nowMillis, long retryMillis) {
    for (RecentRequest known : ring) {
      if (known != null
          && known.hash() == hash
          && !(known.session() == session && known.carries(sequence))
          && nowMillis - known.lastCopyMillis() <= retryMillis) {
        return true;
      }
    }
    return false;
  }

  /** True while a request that came within {@code withinMillis} has no answer. */
  public boolean unanswered(long nowMillis, long withinMillis) {
    for (RecentRequest known : ring) {
      if (known != null && !known.answered() && nowMillis - known.lastCopyMillis() < withinMillis) {
        return true;
      }
    }
    return false;
  }

  public RecentRequest add(long session, int sequence, long hash, Origin origin, long nowMillis) {
    RecentRequest added = new RecentRequest(session, sequence, hash, origin, nowMillis);
    put(added);
    return added;
  }

  /** A request that leaves no trace here: unsigned heartbeats. */
  public RecentRequest passing(int sequence, Origin origin, long nowMillis) {
    return new RecentRequest(0, sequence, 0, origin, nowMillis);
  }

  /** Rebuilds the window from stored marks, newest first. */
  public void restore(List<UplinkMark> newestFirst) {
    for (int i = Math.min(newestFirst.size(), SIZE) - 1; i >= 0; i--) {
      UplinkMark mark = newestFirst.get(i);
      RecentRequest known = new RecentRequest(
          mark.session(), mark.sequence(), mark.hash(), NO_ORIGIN, mark.timeMillis());
      known.done(mark.result());
      // Whether the answer arrived is not known: an equal request under a new sequence may be a
      // second reading.
      known.markAnswered();
      put(known);
    }
  }

  private void put(RecentRequest request) {
    ring[next] = request;
    next = (next + 1) % SIZE;
  }

  private static boolean alive(RecentRequest known, long nowMillis) {
    return known.stage() == RecentRequest.Stage.PENDING
        || nowMillis - known.lastCopyMillis() <= AGE_MILLIS;
  }

  private static final Origin NO_ORIGIN = new Origin() {
    @Override
    public int lane() {
      return 0;
    }

    @Override
    public String bearer() {
      return "none";
    }

    @Override
    public String remote() {
      return "-";
    }

    @Override
    public boolean open() {
      return false;
    }

    @Override
    public void verified(long nowMillis, long heartbeatMillis) {}

    @Override
    public void completed(Inbound frame) {}
  };
}
