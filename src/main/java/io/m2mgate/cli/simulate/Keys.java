package io.m2mgate.cli.simulate;

/**
 * What frames and digests of one terminal are made of. Nobody writes into the arrays.
 *
 * @param imei 15 digits and a zero byte
 * @param uplink empty where the terminal has none, as are {@code downlink} and {@code baseKey}
 */
record Keys(
    byte[] serial, byte[] imei, byte[] imsi, byte[] uplink, byte[] downlink, byte[] baseKey) {

  private static final byte[] ABSENT = {};

  Keys withSerial(byte[] value) {
    return new Keys(value, imei, imsi, uplink, downlink, baseKey);
  }

  Keys withImsi(byte[] value) {
    return new Keys(serial, imei, value, uplink, downlink, baseKey);
  }

  Keys withSecrets(byte[] newUplink, byte[] newDownlink, byte[] newBaseKey) {
    return new Keys(serial, imei, imsi, newUplink, newDownlink, newBaseKey);
  }

  Keys withoutSecrets() {
    return withSecrets(ABSENT, ABSENT, ABSENT);
  }

  boolean hasPasswords() {
    return uplink.length > 0 && downlink.length > 0;
  }

  @Override
  public String toString() {
    return "Keys[secret]";
  }
}
