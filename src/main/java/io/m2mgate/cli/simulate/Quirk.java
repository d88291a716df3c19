package io.m2mgate.cli.simulate;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** One way in which a simulated terminal is unlike a good one. */
public enum Quirk {
  /** Answers after one to three seconds. */
  SLOW("slow"),
  /** Loses a share of its frames, either way. */
  LOSSY("lossy"),
  /** Ignores whatever arrives while a request of its own is open. */
  ONE_AT_A_TIME("one-at-a-time"),
  /** Begins a request of its own now and then just as one of the platform arrives, which is lost. */
  DROPS_CROSSINGS("drops-crossings"),
  /** Sends long bodies in parts of 900 bytes and ends them with an empty part. */
  SEGMENTS_900("segments-900"),
  /** Answers LOGOUT and DOWNLOAD_INFO under a foreign sequence, others now and then under a wrong one. */
  FOREIGN_SEQUENCE("foreign-sequence"),
  /** Cuts 4017 short, as stacks do that keep it as a C string. */
  SHORT_4017("short-4017"),
  /** Answers data with result 5, which from a terminal says the same as 0 (wire 7). */
  REFUSES_DATA("refuses-data"),
  /** Drops its connection at random and comes back to its session. */
  RECONNECTS("reconnects"),
  /** Comes from another address now and then: right after a request, or with a beat. */
  REBINDS("rebinds"),
  /** Goes on over another bearer now and then, TCP or UDP, in the same session. */
  SWITCHES("switches"),
  /** Logs in when it has something to say, and out when it has had nothing for a while. */
  SHORT("short"),
  /** Answers a request that repeats a sequence again, and does not do it again. */
  SAME_SEQUENCE_DROPS("same-sequence-drops"),
  /** Logs in, and is never heard again; its connection stays. */
  DEAD("dead"),
  /** Loses its connection and its session once in the middle of a download, and goes on with it. */
  REBOOTS_MID_DOWNLOAD("reboots-mid-download"),
  /** Asks for blocks of 1, 799, 8191 and 60000 bytes, and for some that are not the next one. */
  ODD_SIZES("odd-sizes"),
  /** Has the whole file, and comes back with the version that it had. */
  LIES_ABOUT_VERSION("lies-about-version"),
  /** Gives a download up in its middle. */
  GIVES_UP("gives-up");

  private final String text;

  Quirk(String text) {
    this.text = text;
  }

  /** As people write it. */
  public String text() {
    return text;
  }

  static Optional<Quirk> find(String text) {
    return stream().filter(quirk -> quirk.text.equals(text)).findFirst();
  }

  static Stream<Quirk> stream() {
    return Arrays.stream(values());
  }
}
