package io.m2mgate.bridge.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signatures of Standard Webhooks, by one secret or, while a rotation's overlap lasts, by two. Immutable; any thread. */
public final class Signature {

  private static final String PREFIX = "whsec_";
  private static final int SECRET_BYTES = 32;
  private static final String MAC = "HmacSHA256";

  private final byte[] secret;
  private final byte[] old;
  private final long oldUntilMillis;

  /** @param old empty where there is none */
  Signature(byte[] secret, byte[] old, long oldUntilMillis) {
    this.secret = secret.clone();
    this.old = old.clone();
    this.oldUntilMillis = oldUntilMillis;
  }

  /** A new secret's bytes. */
  public static byte[] fresh(SecureRandom random) {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return secret;
  }

  /** As its owner is shown it, once. */
  public static String shown(byte[] secret) {
    return PREFIX + Base64.getEncoder().encodeToString(secret);
  }

  /** The value of {@code webhook-signature}. */
  String of(String id, long nowMillis, String body) {
    byte[] signed = (id + "." + nowMillis / 1_000 + "." + body).getBytes(StandardCharsets.UTF_8);
    List<String> signatures = new ArrayList<>();
    signatures.add(of(secret, signed));
    if (old.length > 0 && nowMillis < oldUntilMillis) {
      signatures.add(of(old, signed));
    }
    return String.join(" ", signatures);
  }

  private static String of(byte[] key, byte[] signed) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(MAC + " is not available", e);
    }
  }
}
