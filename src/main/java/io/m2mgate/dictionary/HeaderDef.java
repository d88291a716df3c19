package io.m2mgate.dictionary;

/**
 * A header layout (wire.md 1). Length, command, sequence and version stand at 0, 2, 4 and 8 in every layout: the version
 * must be found before the layout is known.
 *
 * @param versionMask the bits of the version that select this layout
 * @param flagsOffset where the flags are, or -1 in a layout without them
 * @param ackBit the bit that makes a command an acknowledgement
 */
public record HeaderDef(
    String name,
    int versionMask,
    int version,
    int answerVersion,
    int size,
    int flagsOffset,
    int serialOffset,
    int serialSize,
    int ackBit,
    FlagBits flags,
    Grade grade) {

  /** Where the version is in every layout. */
  public static final int VERSION_OFFSET = 8;

  /** Whether frames of that version have this layout. */
  public boolean takes(int frameVersion) {
    return (frameVersion & versionMask) == version;
  }

  /** Whether the layout has flags. */
  public boolean hasFlags() {
    return flagsOffset >= 0;
  }
}
