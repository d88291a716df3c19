package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.PeerDigest.ImeiForm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** A terminal that proves its base key and encrypts, after wire.md 4: two-key triple DES, ECB, zeros to 8. One thread owns it. */
public final class PeerSecrecy {
  private static final int FLAGS = 0xF0;
  private static final int BODY = 0xE042;
  private static final byte[] NEVER = {-1, -1, -1, -1};

  private final PeerTerminal terminal;
  private final byte[] sessionKey;

  private PeerSecrecy(PeerTerminal terminal, byte[] sessionKey) {
    this.terminal = terminal;
    this.sessionKey = sessionKey;
  }

  /** LOGIN with the proof of the base key, then the empty trap: a confirmed session with a key. */
  public static PeerSecrecy login(PeerTerminal terminal, String baseKey) {
    byte[] key = baseKey.getBytes(StandardCharsets.US_ASCII);
    byte[] proof = md5(bytes().tlv(0xE036, key).tlv(0xE038, NEVER).toArray());
    byte[] body = bytes().raw(terminal.loginBody(0)).tlv(0xE03A, proof).toArray();
    byte[] login = PeerDigest.append(
        terminal.unsigned(PeerTerminal.LOGIN, terminal.nextSequence(), 0xE0, body),
        0,
        terminal.who(),
        ImeiForm.SIXTEEN_BYTES,
        terminal.who().uplink());
    PeerTerminal.LoginAnswer answer = terminal.exchangeLogin(login);
    assertThat(answer.result()).isZero();
    Map<Integer, byte[]> given = PeerRotation.tlvs(answer.frame().body(), 5);
    byte[] clear = crypt(Cipher.DECRYPT_MODE, key, given.get(0xE040));
    byte[] sessionKey =
        Arrays.copyOfRange(clear, 4, 4 + ((clear[2] & 0xFF) << 8 | clear[3] & 0xFF));
    terminal.under(answer.timestamp());
    return new PeerSecrecy(terminal, sessionKey).trap();
  }

  /** The same session at another connection of the terminal. */
  public PeerSecrecy at(PeerTerminal elsewhere) {
    return new PeerSecrecy(elsewhere.under(terminal.timestamp()), sessionKey);
  }

  /** The empty trap. */
  public PeerSecrecy trap() {
    terminal.link().write(terminal.signed(PeerTerminal.CONFIG_TRAP, new byte[0]));
    assertThat(readBody(terminal.link().read())[0]).isZero();
    return this;
  }

  /** The next frame, which must be encrypted and signed; its body in clear, padding included. */
  public byte[] readBody(PeerFrame frame) {
    assertThat(frame.flags()).isEqualTo(FLAGS);
    int end = frame.bytes().length - PeerDigest.SIZE;
    byte[] digest = PeerDigest.md5(
        frame.bytes(),
        end,
        terminal.timestamp(),
        terminal.who(),
        ImeiForm.SIXTEEN_BYTES,
        terminal.who().downlink());
    assertThat(Arrays.copyOfRange(frame.bytes(), end + 4, frame.bytes().length)).isEqualTo(digest);
    return crypt(
        Cipher.DECRYPT_MODE, sessionKey, PeerRotation.tlvs(frame.body(), 0).get(BODY));
  }

  public byte[] frame(int command, int sequence, byte[] body) {
    byte[] padded = Arrays.copyOf(body, (body.length + 7) / 8 * 8);
    byte[] wrapped =
        bytes().tlv(BODY, crypt(Cipher.ENCRYPT_MODE, sessionKey, padded)).toArray();
    return PeerDigest.append(
        terminal.unsigned(command, sequence, FLAGS, wrapped),
        terminal.timestamp(),
        terminal.who(),
        ImeiForm.SIXTEEN_BYTES,
        terminal.who().uplink());
  }

  private static byte[] md5(byte[] of) {
    try {
      return MessageDigest.getInstance("MD5").digest(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] crypt(int mode, byte[] key, byte[] of) {
    try {
      byte[] three = Arrays.copyOf(key, 24);
      System.arraycopy(key, 0, three, 16, 8);
      Cipher cipher = Cipher.getInstance("DESede/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(three, "DESede"));
      return cipher.doFinal(of);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
