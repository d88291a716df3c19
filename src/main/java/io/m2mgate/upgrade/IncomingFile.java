package io.m2mgate.upgrade;

import io.m2mgate.dictionary.Crc16Def;
import io.m2mgate.wire.Crc16;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** A package's file while it arrives: piece by piece to the disk, its check values computed on the way. Blocks; one thread at a time. */
final class IncomingFile {

  private final PackageFiles files;
  private final Path path;
  private final FileChannel channel;
  private final MessageDigest sha256;
  private final Crc16 crc16;
  private final CRC32 crc32 = new CRC32();
  private int crc16State;
  private long size;

  IncomingFile(PackageFiles files, Crc16Def def) throws IOException {
    this.files = files;
    this.crc16 = new Crc16(def);
    this.crc16State = crc16.start();
    this.path = files.begin();
    this.channel = FileChannel.open(path, StandardOpenOption.WRITE);
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  void add(byte[] piece) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(piece);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
    sha256.update(piece);
    crc32.update(piece);
    crc16State = crc16.update(crc16State, piece, 0, piece.length);
    size += piece.length;
  }

  /** What has come so far. */
  PackageContent content() {
    try {
      byte[] digest = ((MessageDigest) sha256.clone()).digest();
      return new PackageContent(
          size, crc16.end(crc16State), crc32.getValue(), HexFormat.of().formatHex(digest));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
    }
  }

  /** It is whole: on disk, and under its name. */
  PackageContent keep() throws IOException {
    try (channel) {
      channel.force(true);
    }
    PackageContent content = content();
    files.publish(path, content.sha256());
    return content;
  }

  void abandon() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }
}
