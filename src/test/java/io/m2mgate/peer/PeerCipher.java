package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The keys of a scripted terminal and what it does with them, written from wire.md 3 and 4 upon the ciphers of Java. One thread owns
 * it.
 */
public final class PeerCipher {
  public static final int ENCRYPTED_FLAGS = 0xF0;
  private static final Provider PROVIDER = new BouncyCastleProvider();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final long NEVER = 0xFFFFFFFFL;

  /** How bodies are encrypted. */
  public enum Kind {
    TRIPLE_DES("3des", "DESede/ECB/NoPadding", "DESede"),
    AES("aes-128", "AES/CBC/PKCS7Padding", "AES"),
    SM4("sm4", "SM4/CBC/PKCS7Padding", "SM4");

    private final String profile;
    private final String transformation;
    private final String algorithm;

    Kind(String profile, String transformation, String algorithm) {
      this.profile = profile;
      this.transformation = transformation;
      this.algorithm = algorithm;
    }

    /** As a profile names it. */
    public String profile() {
      return profile;
    }
  }

  /** How frames are signed. */
  public enum Digest {
    MD5("md5", ""),
    HMAC_SHA_256("hmac-sha-256", "HmacSHA256"),
    HMAC_SM3("hmac-sm3", "HmacSM3");

    private final String profile;
    private final String algorithm;

    Digest(String profile, String algorithm) {
      this.profile = profile;
      this.algorithm = algorithm;
    }

    public String profile() {
      return profile;
    }
  }

  private final Kind kind;
  private final Digest digest;
  private final PeerTerminal terminal;
  private final byte[] baseKey;
  private byte[] sessionKey = {};
  private long expirySeconds;

  public PeerCipher(PeerTerminal terminal, String baseKey, Kind kind, Digest digest) {
    this.terminal = terminal;
    this.baseKey = baseKey.getBytes(StandardCharsets.US_ASCII);
    this.kind = kind;
    this.digest = digest;
  }

  /** The key of the session; empty while it has none. */
  public byte[] sessionKey() {
    return sessionKey;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  // LOGIN

  /** E03A: MD5 over the TLVs of the base key and its expiry. */
  public byte[] proof(long expiry) {
    byte[] expires = bytes().u32(expiry).toArray();
    return md5(bytes().tlv(0xE036, baseKey).tlv(0xE038, expires).toArray());
  }

  /** What a terminal that has no base key sends instead. */
  public static byte[] proofOfNone() {
    return md5(bytes().u16(0xE036).u16(0x18).toArray());
  }

  public byte[] loginFrame(byte[] proof) {
    return loginFrame(bytes().tlv(0xE03A, proof).toArray(), 0xE0);
  }

  /** LOGIN with these TLVs behind its fixed part. */
  public byte[] loginFrame(byte[] tlvs, int flags) {
    byte[] body = bytes().raw(terminal.loginBody(0)).raw(tlvs).toArray();
    byte[] unsigned = terminal.unsigned(PeerTerminal.LOGIN, terminal.nextSequence(), flags, body);
    return sign(unsigned, 0, terminal.who().uplink());
  }

  /** LOGIN with the base key's proof, and the login trap. */
  public PeerCipher login() {
    take(exchangeLogin(loginFrame(proof(NEVER))));
    assertThat(sessionKey).as("session key").hasSize(16);
    assertThat(exchange(PeerTerminal.CONFIG_TRAP, new byte[0])).startsWith((byte) 0);
    return this;
  }

  /** Writes a LOGIN and verifies that its answer is signed. */
  public PeerFrame exchangeLogin(byte[] login) {
    PeerFrame ack = terminal.link().write(login).read().isAckOf(login);
    if (ack.result() <= 1) {
      assertThat(ack.flags()).isEqualTo(0x20);
      assertSigned(ack, ByteBuffer.wrap(ack.body()).getInt(1) & NEVER);
    }
    return ack;
  }

  /** Takes over what LOGIN_ACK gives: the timestamp, and the session key where there is one. */
  public PeerCipher take(PeerFrame ack) {
    assertThat(ack.result()).as("LOGIN_ACK result").isZero();
    ByteBuffer body = ByteBuffer.wrap(ack.body());
    terminal.under(body.getInt(1) & NEVER);
    sessionKey = new byte[0];
    if (ack.body().length > 5) {
      assertThat(body.getShort(5) & 0xFFFF).isEqualTo(0xE040);
      assertThat(body.getShort(7) & 0xFFFF).isEqualTo(ack.body().length - 9);
      byte[] hidden = Arrays.copyOfRange(ack.body(), 9, ack.body().length);
      takeKey(ByteBuffer.wrap(decrypt(baseKey, hidden)));
    }
    return this;
  }

  private void takeKey(ByteBuffer tlvs) {
    assertThat(tlvs.getShort() & 0xFFFF).isEqualTo(0xE03B);
    sessionKey = new byte[tlvs.getShort()];
    tlvs.get(sessionKey);
    assertThat(sessionKey).doesNotContain(0);
    assertThat(tlvs.getShort() & 0xFFFF).isEqualTo(0xE03D);
    assertThat(tlvs.getShort()).isEqualTo((short) 4);
    expirySeconds = tlvs.getInt() & NEVER;
  }

  // Frames of the session

  /** A frame whose body is E042 alone: flags F0, digest outside. */
  public byte[] encrypted(int command, byte[] body) {
    return encrypted(command, terminal.nextSequence(), body);
  }

  public byte[] encrypted(int command, int sequence, byte[] body) {
    byte[] wrapped = bytes().tlv(0xE042, encrypt(sessionKey, body)).toArray();
    return sign(
        terminal.unsigned(command, sequence, ENCRYPTED_FLAGS, wrapped),
        terminal.timestamp(),
        terminal.who().uplink());
  }

  /** The same in clear: flags 20. */
  public byte[] clear(int command, byte[] body) {
    return sign(
        terminal.unsigned(command, terminal.nextSequence(), 0x20, body),
        terminal.timestamp(),
        terminal.who().uplink());
  }

  /** Sends a request as the session has it and gives the clear body of its answer. */
  public byte[] exchange(int command, byte[] body) {
    byte[] request = body.length == 0 || sessionKey.length == 0
        ? clear(command, body)
        : encrypted(command, body);
    return exchange(request);
  }

  public byte[] exchange(byte[] request) {
    terminal.link().write(request);
    return answer(request);
  }

  /** The clear body of the answer to this request; fails unless it is as the session has it. */
  public byte[] answer(byte[] request) {
    return open(terminal.link().read().isAckOf(request));
  }

  /** The clear body of a frame of the platform; fails unless it is signed and encrypted as the session has it. */
  public byte[] open(PeerFrame frame) {
    assertSigned(frame, terminal.timestamp());
    if (frame.body().length == 0 || sessionKey.length == 0) {
      assertThat(frame.flags()).as("flags of %s", frame).isEqualTo(0x20);
      return frame.body();
    }
    assertThat(frame.flags()).as("flags of %s", frame).isEqualTo(ENCRYPTED_FLAGS);
    return opened(frame.body());
  }

  /** What an E042 says, which is all of the body that it stands for. */
  public byte[] opened(byte[] wrapped) {
    ByteBuffer body = ByteBuffer.wrap(wrapped);
    assertThat(body.getShort() & 0xFFFF).isEqualTo(0xE042);
    byte[] hidden = new byte[body.getShort() & 0xFFFF];
    assertThat(hidden).hasSize(body.remaining());
    body.get(hidden);
    return decrypt(sessionKey, hidden);
  }

  public int data(String app, String payload) {
    byte[] octets = payload.getBytes(StandardCharsets.US_ASCII);
    return exchange(PeerTerminal.DATA, PeerTerminal.dataBody(app, octets))[0];
  }

  // Cryptography

  private byte[] sign(byte[] unsigned, long timestamp, String password) {
    byte[] frame = Arrays.copyOf(unsigned, unsigned.length + PeerDigest.SIZE);
    frame[0] = (byte) (frame.length >>> 8);
    frame[1] = (byte) frame.length;
    byte[] tlv =
        bytes().tlv(0xE021, digest(frame, unsigned.length, timestamp, password)).toArray();
    System.arraycopy(tlv, 0, frame, unsigned.length, PeerDigest.SIZE);
    return frame;
  }

  private void assertSigned(PeerFrame frame, long timestamp) {
    assertThat(signed(frame, timestamp)).as("digest of %s", frame).isTrue();
  }

  /** Whether the platform signed it with the downlink password under that timestamp. */
  boolean signed(PeerFrame frame, long timestamp) {
    int end = frame.bytes().length - PeerDigest.SIZE;
    if (!frame.signed() || end < PeerFrame.HEADER) {
      return false;
    }
    byte[] expected = digest(frame.bytes(), end, timestamp, terminal.who().downlink());
    return Arrays.equals(
        Arrays.copyOfRange(frame.bytes(), end, frame.bytes().length),
        bytes().tlv(0xE021, expected).toArray());
  }

  private byte[] digest(byte[] frame, int length, long timestamp, String password) {
    byte[] covered = bytes()
        .raw(Arrays.copyOf(frame, length))
        .u32(timestamp)
        .ascii(terminal.who().imei(), 16)
        .ascii(terminal.who().imsi())
        .toArray();
    if (digest == Digest.MD5) {
      return md5(bytes().raw(covered).ascii(password).toArray());
    }
    try {
      Mac mac = Mac.getInstance(digest.algorithm, PROVIDER);
      mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.US_ASCII), digest.algorithm));
      return Arrays.copyOf(mac.doFinal(covered), 16);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] encrypt(byte[] key, byte[] clear) {
    try {
      if (kind == Kind.TRIPLE_DES) {
        return cipher(Cipher.ENCRYPT_MODE, key, new byte[0])
            .doFinal(Arrays.copyOf(clear, (clear.length + 7) / 8 * 8));
      }
      byte[] iv = new byte[16];
      RANDOM.nextBytes(iv);
      return bytes()
          .raw(iv)
          .raw(cipher(Cipher.ENCRYPT_MODE, key, iv).doFinal(clear))
          .toArray();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] decrypt(byte[] key, byte[] hidden) {
    try {
      if (kind == Kind.TRIPLE_DES) {
        return cipher(Cipher.DECRYPT_MODE, key, new byte[0]).doFinal(hidden);
      }
      return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(hidden, 16))
          .doFinal(hidden, 16, hidden.length - 16);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("the platform's ciphertext does not open", e);
    }
  }

  private Cipher cipher(int mode, byte[] key, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(kind.transformation, PROVIDER);
    if (kind == Kind.TRIPLE_DES) {
      byte[] both = Arrays.copyOf(key, 24);
      System.arraycopy(key, 0, both, 16, 8);
      cipher.init(mode, new SecretKeySpec(both, kind.algorithm));
    } else {
      cipher.init(mode, new SecretKeySpec(key, 0, 16, kind.algorithm), new IvParameterSpec(iv));
    }
    return cipher;
  }

  private static byte[] md5(byte[] covered) {
    try {
      return MessageDigest.getInstance("MD5").digest(covered);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
