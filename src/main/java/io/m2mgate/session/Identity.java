package io.m2mgate.session;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What goes into a terminal's digests, in clear: only ever in a lane's memory. One set of secrets under one IMSI; a terminal has
 * several while a rotation or a change of its SIM is under way ({@link Keyring}). Arrays are shared, not copied: who gets one must
 * not change it.
 */
public final class Identity {

  private static final int IMEI_FIELD = 16;

  private final byte[] imei;
  private final byte[] imsi;
  private final SecretSet secrets;
  private final boolean rebinding;

  /** Made when first asked for: few terminals leave the zero byte out. */
  private byte[] shortImei;

  private Identity(byte[] imei, byte[] imsi, SecretSet secrets, boolean rebinding) {
    this.imei = imei;
    this.imsi = imsi;
    this.secrets = secrets;
    this.rebinding = rebinding;
  }

  public static Identity of(TerminalRecord terminal, SecretSet secrets) {
    return of(terminal.imei(), terminal.imsi().orElse(""), secrets, false);
  }

  static Identity of(String imei, String imsi, SecretSet secrets, boolean rebinding) {
    return new Identity(
        Arrays.copyOf(imei.getBytes(StandardCharsets.US_ASCII), IMEI_FIELD),
        imsi.getBytes(StandardCharsets.US_ASCII),
        secrets,
        rebinding);
  }

  /** 15 digits and a zero byte. */
  public byte[] imei() {
    return imei;
  }

  /** The 15 digits alone. */
  public byte[] shortImei() {
    if (shortImei == null) {
      shortImei = Arrays.copyOf(imei, IMEI_FIELD - 1);
    }
    return shortImei;
  }

  public byte[] imei(boolean asShort) {
    return asShort ? shortImei() : imei;
  }

  /** As bound at registration; empty where none is recorded. */
  public byte[] imsi() {
    return imsi;
  }

  /** Passwords and base key. */
  public SecretSet secrets() {
    return secrets;
  }

  /** The IMSI is not the bound one but the one that REGISTER operation rebind asks for. */
  public boolean rebinding() {
    return rebinding;
  }

  public byte[] uplink() {
    return secrets.uplink();
  }

  public byte[] downlink() {
    return secrets.downlink();
  }

  public byte[] baseKey() {
    return secrets.baseKey();
  }

  /** Whether a LOGIN that one proves is proven by the other: they may be of different readings of the store. */
  boolean provesLike(Identity other) {
    return secrets.generation() == other.secrets.generation()
        && Arrays.equals(imei, other.imei)
        && Arrays.equals(imsi, other.imsi)
        && MessageDigest.isEqual(uplink(), other.uplink());
  }

  /** The same with its IMSI as the bound one. */
  Identity bound() {
    return rebinding ? new Identity(imei, imsi, secrets, false) : this;
  }

  /** The same as what a session was opened with after {@code older}: an IMSI that was being bound then still is. */
  Identity after(Identity older) {
    return older.rebinding && sameImsi(older) ? new Identity(imei, imsi, secrets, true) : this;
  }

  boolean sameImsi(Identity other) {
    return Arrays.equals(imsi, other.imsi);
  }

  /** The record has this IMSI; false as long as only a session says that it is the terminal's. */
  boolean boundTo(TerminalRecord terminal) {
    return imsiText().equals(terminal.imsi().orElse(""));
  }

  public String imsiText() {
    return new String(imsi, StandardCharsets.US_ASCII);
  }

  /** The same secrets under another IMSI, which is the bound one. */
  Identity under(byte[] boundImsi) {
    return new Identity(imei, boundImsi, secrets, false);
  }

  /** Without passwords nothing of this terminal can be verified. */
  public boolean canSign() {
    return uplink().length > 0 && downlink().length > 0;
  }

  @Override
  public String toString() {
    return "Identity[secret]";
  }
}
