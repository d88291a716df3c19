package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.session.RecentRequest.Stage;
import io.m2mgate.session.Resident;
import io.m2mgate.upgrade.StoredFile;

/** One FILE_REQ from its coming to its answer. Used on the terminal's lane. */
final class FileExchange {

  private final Uplink uplink;
  private final FileRequest asked;
  private final long sinceMillis;

  /** It was answered before, and the answer is made again for a copy. */
  private final boolean again;

  private boolean waits;
  private StoredFile file;
  private int length;

  FileExchange(Uplink uplink, FileRequest asked, long nowMillis) {
    this.uplink = uplink;
    this.asked = asked;
    this.sinceMillis = nowMillis;
    this.again = uplink.request().stage() == Stage.DONE;
  }

  Uplink uplink() {
    return uplink;
  }

  FileRequest asked() {
    return asked;
  }

  Resident resident() {
    return uplink.resident();
  }

  long sinceMillis() {
    return sinceMillis;
  }

  /** It gets this part of that file; no more than there is. */
  void gets(StoredFile of) {
    file = of;
    length = (int) Math.min(asked.length(), of.size() - asked.offset());
  }

  /** Null before {@link #gets}. */
  StoredFile file() {
    return file;
  }

  /** Of the block that it gets. */
  int length() {
    return length;
  }

  boolean waits() {
    return waits;
  }

  void waits(boolean does) {
    waits = does;
  }

  /** False when a copy was told of a refusal while this waited: then that was the answer. */
  boolean isWanted() {
    return again || uplink.request().stage() == Stage.PENDING;
  }
}
