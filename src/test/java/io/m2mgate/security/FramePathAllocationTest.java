package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.wire.MalformedFrame;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What one exchange allocates on its way through the pure part of the data plane. */
class FramePathAllocationTest {
  /**
   * Once the compiler has removed what does not escape: the frame's view, its place in the duplicate window, the request for its
   * handler, the answer and its bytes. Raise it only for a reason.
   */
  private static final long BYTES = 384;

  private static final int ROUNDS = 20_000;

  /** How often it is counted before the compiler must be through. */
  private static final int COUNTS = 30;

  // Verifies that an exchange from memory allocates at most a tenth more than it is known to; it is
  // less
  // where the compiler removes more.
  @Test
  void allocatesWhatIsKnown() throws MalformedFrame {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    FramePath path = new FramePath();
    long each = Long.MAX_VALUE;
    for (int i = 0; i < COUNTS && each > BYTES; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      run(path, ROUNDS);
      each = Math.min(each, (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS);
    }

    assertThat(each).isPositive().isLessThanOrEqualTo(BYTES + BYTES / 10);
  }

  private static void run(FramePath path, int rounds) throws MalformedFrame {
    for (int i = 0; i < rounds; i++) {
      assertThatAnswered(path.exchange(path.request()));
    }
  }

  private static void assertThatAnswered(byte[] answer) {
    if (answer.length == 0) {
      throw new AssertionError("no answer");
    }
  }
}
