package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/** A file that a terminal fetches block by block, after wire.md 7 and behaviour.md 5.3.8. One thread owns it. */
public final class PeerDownload {
  public static final int DOWNLOAD_INFO = 0x000C;
  public static final int START = 0;
  public static final int CONTINUE = 1;
  public static final int FINISHED = 2;
  public static final int ABORTED = 3;
  public static final int OK = 0;
  public static final int UNKNOWN = 1;
  public static final int BAD_OFFSET = 2;
  public static final int BAD_SIZE = 3;

  private static final int ANSWER = 13;
  private static final long NOWHERE = 0xFFFFFFFFL;

  private final byte[] file;
  private final String sha256;
  private final long transaction;
  private String version = "2.00";
  private String versionBefore = "1.01";

  public PeerDownload(int size, long transaction) {
    this.file = new byte[size];
    new Random(size * 31L + transaction).nextBytes(file);
    this.sha256 = sha256(file);
    this.transaction = transaction;
  }

  private static String sha256(byte[] of) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(of));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public PeerDownload versions(String before, String after) {
    versionBefore = before;
    version = after;
    return this;
  }

  public int size() {
    return file.length;
  }

  /** Puts the file where the gateway has its packages. */
  public PeerDownload store(GatewayProcess gateway) {
    Path at = at(gateway);
    try {
      Files.createDirectories(at.getParent());
      Files.write(at, file);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path at(GatewayProcess gateway) {
    return gateway.dataDir().resolve("packages").resolve(sha256.substring(0, 2)).resolve(sha256);
  }

  public String url() {
    return "WMMP://127.0.0.1:9991/f?TRANS_ID=%08X&FILE_SIZE=%d&CRC16=%04X&VER_DSC=%s"
        .formatted(transaction, file.length, PeerBytes.crc16(file), version);
  }

  /** The body of the command that tells a terminal of it. */
  public String command() {
    return Api.JSON
        .createObjectNode()
        .put("upgrade", "01J0000000000000000000000U")
        .put("package", "01J0000000000000000000000P")
        .put("version", version)
        .put("versionDescription", version)
        .put("versionBefore", versionBefore)
        .put("transaction", transaction)
        .put("size", file.length)
        .put("sha256", sha256)
        .put("url", url())
        .toString();
  }

  /** What DOWNLOAD_INFO says. */
  public byte[] announcement() {
    return bytes().tlv(0x1001, url()).toArray();
  }

  public byte[] ask(int status, long offset, int size) {
    return ask(transaction, status, offset, size);
  }

  public static byte[] ask(long transaction, int status, long offset, int size) {
    return bytes().u32(transaction).u8(status).u32(offset).u16(size).toArray();
  }

  /** The word that it has the file, or that it gives up. */
  public byte[] word(int status) {
    return ask(status, NOWHERE, 0);
  }

  /** Asks for a block and fails unless the answer is that block, byte for byte. */
  public void fetch(PeerTerminal terminal, long offset, int size) {
    byte[] answer = exchange(terminal, ask(offset == 0 ? START : CONTINUE, offset, size));
    verify(answer, offset, size);
  }

  public static byte[] exchange(PeerTerminal terminal, byte[] body) {
    return terminal.exchange(terminal.signed(PeerTerminal.FILE_REQ, body)).body();
  }

  /** Fails unless the body is that block, or as much of it as there is. */
  public void verify(byte[] answer, long offset, int size) {
    int length = (int) Math.min(size, file.length - offset);
    byte[] block = Arrays.copyOfRange(file, (int) offset, (int) offset + length);
    ByteBuffer head = ByteBuffer.wrap(answer);
    assertThat(head.getInt() & NOWHERE).as("transaction").isEqualTo(transaction);
    assertThat(head.get()).as("status").isZero();
    assertThat(head.getShort() & 0xFFFF).as("CRC16").isEqualTo(PeerBytes.crc16(block));
    assertThat(head.getInt() & NOWHERE).as("offset").isEqualTo(offset);
    assertThat(head.getShort() & 0xFFFF).as("length").isEqualTo(length);
    assertThat(Arrays.copyOfRange(answer, ANSWER, ANSWER + length)).as("block").isEqualTo(block);
  }

  /** The answer that has no block: what was asked, and the result. */
  public static byte[] nothing(byte[] asked, int result) {
    ByteBuffer head = ByteBuffer.wrap(asked);
    return bytes()
        .u32(head.getInt(0) & NOWHERE)
        .u8(result)
        .u16(0)
        .u32(head.getInt(5) & NOWHERE)
        .u16(0)
        .toArray();
  }

  /** Fails unless it gets this result and no block. */
  public static void expectNothing(PeerTerminal terminal, byte[] asked, int result) {
    assertThat(exchange(terminal, asked)).isEqualTo(nothing(asked, result));
  }

  /** The name of its file. */
  public String name() {
    return sha256;
  }
}
