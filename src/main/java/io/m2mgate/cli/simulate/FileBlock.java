package io.m2mgate.cli.simulate;

/**
 * What the answer to a FILE_REQ says; its bytes stay where they arrived, until the next frame is opened.
 *
 * @param result 0 where the block follows
 * @param sound the block is as long as it says, and its CRC16 is right
 * @param from where in {@code bytes} the block begins
 */
record FileBlock(
    long transaction, int result, boolean sound, long offset, int length, byte[] bytes, int from) {

  @Override
  public String toString() {
    return "FileBlock[" + result + ", " + offset + ", " + length + " bytes]";
  }
}
