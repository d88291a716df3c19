package io.m2mgate.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.EnumSet;

/**
 * A file of terminals of which the part from some line on is uploaded, with its header where it has one. Immutable.
 *
 * @param header the bytes of the header line with its end; empty when there is none, or the upload starts with it
 * @param offset where the first uploaded line begins
 * @param firstLine its number, from 1
 */
record UploadFile(Path path, boolean headed, byte[] header, long offset, long firstLine) {

  static UploadFile open(Path path, boolean headed, long fromLine) throws IOException {
    if (fromLine <= (headed ? 2 : 1)) {
      return new UploadFile(path, headed, new byte[0], 0, 1);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
      byte[] header = new byte[0];
      long offset = 0;
      for (long line = 1; line < fromLine; line++) {
        byte[] bytes = line(in);
        if (bytes.length == 0) {
          throw new IOException(path + " has only " + (line - 1) + " lines");
        }
        if (line == 1 && headed) {
          header = bytes;
        }
        offset += bytes.length;
      }
      return new UploadFile(path, headed, header, offset, fromLine);
    }
  }

  /** The number in the file of a line of the upload. */
  long lineInFile(long uploaded) {
    return uploaded + firstLine - 1 - (header.length == 0 ? 0 : 1);
  }

  /** Writes the chosen lines to a file that only its owner can read, because they may hold secrets. */
  void copyLines(BitSet chosen, Path to) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        OutputStream out = privateFile(to)) {
      int last = chosen.length();
      for (int line = 1; line < last || line == 1 && headed; line++) {
        byte[] bytes = line(in);
        if (chosen.get(line) || line == 1 && headed) {
          out.write(bytes);
          if (bytes.length > 0 && bytes[bytes.length - 1] != '\n') {
            out.write('\n');
          }
        }
      }
    }
  }

  static OutputStream privateFile(Path file) throws IOException {
    Files.deleteIfExists(file);
    return new BufferedOutputStream(java.nio.channels.Channels.newOutputStream(Files.newByteChannel(
        file,
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))));
  }

  /** The next line with its end; nothing at the end of the file. */
  private static byte[] line(InputStream in) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      bytes.write(next);
      if (next == '\n') {
        break;
      }
    }
    return bytes.toByteArray();
  }
}
