package io.m2mgate.bus;

/**
 * What a lane may have under way, in frames and bytes. Under pressure from three quarters on until it is back at half. Owned by
 * the lane.
 */
public final class LaneCredits {

  private final int maxFrames;
  private final long maxBytes;
  private int frames;
  private long bytes;
  private boolean pressed;

  public LaneCredits(int maxFrames, long maxBytes) {
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
  }

  public void take(int frameBytes) {
    frames++;
    bytes += frameBytes;
    if (frames >= maxFrames / 4 * 3 || bytes >= maxBytes / 4 * 3) {
      pressed = true;
    }
  }

  public void give(int frameBytes) {
    frames--;
    bytes -= frameBytes;
    if (frames <= maxFrames / 2 && bytes <= maxBytes / 2) {
      pressed = false;
    }
  }

  /** Sockets with unanswered frames are not read while this is true. */
  public boolean pressed() {
    return pressed;
  }

  /** Nothing more may be taken, whoever asks. */
  public boolean exhausted() {
    return frames >= maxFrames || bytes >= maxBytes;
  }

  public int frames() {
    return frames;
  }

  public long bytes() {
    return bytes;
  }
}
