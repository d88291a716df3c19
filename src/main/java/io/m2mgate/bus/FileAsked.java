package io.m2mgate.bus;

import io.m2mgate.session.Resident;

/**
 * A FILE_REQ of a transaction that is the terminal's, told once it was answered.
 *
 * @param transaction of the announcement
 * @param step what it says of the download
 * @param offset of the block that was given, 0 where there is none
 * @param length of that block, 0 where there is none
 */
public record FileAsked(
    Resident resident, long transaction, Step step, long offset, int length, long atMillis) {

  /** It will ask for nothing more. */
  public boolean isEnd() {
    return step == Step.FINISHED || step == Step.ABORTED;
  }

  /** What a FILE_REQ says (wire 7, "FILE_REQ status"). */
  public enum Step {
    START,
    CONTINUE,
    FINISHED,
    ABORTED
  }
}
