package io.m2mgate.security;

import io.m2mgate.store.Resealing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Takes sealed values from one master key to another, whichever of the two each is under by now, and counts. Used by one thread at
 * a time.
 */
public final class Rekeying implements Resealing.Sealer {

  /** Broken values that are named; there may be as many as terminals. */
  private static final int NAMED = 20;

  /** What is done with a value under the old key. */
  public enum Mode {
    /** It is only looked at. */
    LOOK,
    /** It is sealed under the new key. */
    RESEAL,
    /** It is one too many: none may be left. */
    VERIFY
  }

  private final SecretBox before;
  private final SecretBox after;
  private final Mode mode;
  private long old;
  private long fresh;
  private long broken;
  private final List<String> named = new ArrayList<>();

  public Rekeying(SecretBox before, SecretBox after, Mode mode) {
    this.before = before;
    this.after = after;
    this.mode = mode;
  }

  @Override
  public byte[] reseal(String subject, String kind, byte[] sealed) {
    if (opens(after, subject, kind, sealed)) {
      fresh++;
      return sealed;
    }
    byte[] clear;
    try {
      clear = before.open(subject, kind, sealed);
    } catch (SecretBox.SealBroken e) {
      broken(e.getMessage());
      return sealed;
    }
    old++;
    try {
      return mode == Mode.RESEAL ? resealed(subject, kind, clear) : sealed;
    } finally {
      Arrays.fill(clear, (byte) 0);
    }
  }

  /** Never given away before it was opened again. */
  private byte[] resealed(String subject, String kind, byte[] clear) {
    byte[] sealed = after.seal(subject, kind, clear);
    byte[] again = after.open(subject, kind, sealed);
    boolean same = Arrays.equals(clear, again);
    Arrays.fill(again, (byte) 0);
    if (!same) {
      throw new IllegalStateException("the " + kind + " of " + subject + " did not seal");
    }
    return sealed;
  }

  private static boolean opens(SecretBox box, String subject, String kind, byte[] sealed) {
    try {
      Arrays.fill(box.open(subject, kind, sealed), (byte) 0);
      return true;
    } catch (SecretBox.SealBroken e) {
      return false;
    }
  }

  private void broken(String what) {
    broken++;
    if (named.size() < NAMED) {
      named.add(what);
    }
  }

  /** Values that were under the old key. */
  public long old() {
    return old;
  }

  /** Values that were under the new key already. */
  public long fresh() {
    return fresh;
  }

  /** Values that are under neither. */
  public long broken() {
    return broken;
  }

  /** The first of these. */
  public List<String> named() {
    return List.copyOf(named);
  }

  @Override
  public String toString() {
    return mode.name().toLowerCase(Locale.ROOT) + ": " + old + " under the old key, " + fresh
        + " under the new, " + broken + " under neither";
  }
}
