package io.m2mgate.store;

/** A terminal's secrets under the master key; an absent one is an empty array. The store never sees them in clear. */
public record SealedSecrets(byte[] uplinkPassword, byte[] downlinkPassword, byte[] baseKey) {

  private static final byte[] ABSENT = {};

  public static final SealedSecrets NONE = new SealedSecrets(ABSENT, ABSENT, ABSENT);
}
