package io.m2mgate.cli.simulate;

import io.m2mgate.session.CipherKind;
import io.m2mgate.session.MacKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a fleet does about registration, keys and secrets, and what it does that it should not.
 *
 * @param register by which operation each terminal begins; absent: with LOGIN, as one that was provisioned whole
 * @param strangers whether the gateway is not told of the terminals before they register
 * @param encrypt whether LOGIN proves the base key and asks for a session key
 * @param renewal how each terminal comes to other secrets once it is online
 * @param clear whether each terminal then forgets its secrets and comes back for others
 * @param keep where secrets are kept for a later run
 * @param misdeeds what terminals do beside their exchanges; may be empty
 * @param misdeedShare part of the exchanges that a misdeed goes beside, 0 to 1
 */
public record SecurityOptions(
    Optional<Registration> register,
    boolean strangers,
    boolean encrypt,
    CipherKind cipher,
    MacKind mac,
    Optional<Renewal> renewal,
    boolean clear,
    Optional<Path> keep,
    Set<Misdeed> misdeeds,
    double misdeedShare) {

  /** In clear, signed with MD5, with the secrets that it was provisioned with. */
  public static final SecurityOptions NONE = new SecurityOptions(
      Optional.empty(),
      false,
      false,
      CipherKind.TRIPLE_DES,
      MacKind.MD5,
      Optional.empty(),
      false,
      Optional.empty(),
      Set.of(),
      0);

  /** The operations of REGISTER (wire 7). */
  public enum Registration {
    ASK_SERIAL("askSerial"),
    ASK_SECURITY("askSecurity"),
    REBIND("rebind"),
    PRESET("preset"),
    CLEARED("cleared");

    private final String code;

    Registration(String code) {
      this.code = code;
    }

    /** Its name in the dictionary. */
    public String code() {
      return code;
    }

    /** Who registers so has no secrets yet. */
    boolean comesWithout() {
      return this == ASK_SERIAL || this == ASK_SECURITY;
    }
  }

  /** Who begins a rotation. */
  public enum Renewal {
    /** The operator, over HTTP: the gateway sends the new set. */
    PLATFORM,
    /** The terminal, which asks for values in plain. */
    ASK_PLAIN,
    /** The terminal, which asks for them encrypted. */
    ASK_ENCRYPTED
  }

  public SecurityOptions registering(Registration operation) {
    return new SecurityOptions(
        Optional.of(operation),
        strangers,
        encrypt,
        cipher,
        mac,
        renewal,
        clear,
        keep,
        misdeeds,
        misdeedShare);
  }

  public SecurityOptions encrypting() {
    return new SecurityOptions(
        register, strangers, true, cipher, mac, renewal, clear, keep, misdeeds, misdeedShare);
  }

  /** Whether the gateway's records must be such that the run can begin as it should. */
  boolean touchesRecords() {
    return register.isPresent()
        || encrypt
        || renewal.isPresent()
        || clear
        || !profile().isEmpty();
  }

  /** The profile that terminals need for it; empty where the default will do. */
  String profile() {
    return cipher == CipherKind.TRIPLE_DES && mac == MacKind.MD5
        ? ""
        : "sim-" + cipher.text() + "-" + mac.text();
  }
}
