package io.m2mgate.cli.simulate;

import io.m2mgate.wire.TlvReader;

/**
 * The body of a request, verified, put together and decrypted.
 *
 * @param decrypted whether it may end in padding
 */
record Plain(byte[] bytes, boolean decrypted) {

  /** The TLVs behind so many bytes of fixed fields. */
  TlvReader tlvs(int behind) {
    int skipped = Math.min(behind, bytes.length);
    return new TlvReader(bytes, skipped, bytes.length - skipped, decrypted);
  }

  /** The first byte, 0 where there is none. */
  int first() {
    return bytes.length > 0 ? bytes[0] & 0xFF : 0;
  }

  @Override
  public String toString() {
    return "Plain[" + bytes.length + " bytes]";
  }
}
