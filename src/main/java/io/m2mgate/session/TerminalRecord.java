package io.m2mgate.session;

import java.util.Optional;

/**
 * What is provisioned of a terminal, its secrets apart.
 *
 * @param serial 16 characters of {@code [A-Za-z0-9._-]}
 * @param imei 15 digits
 * @param imsi 15 digits, the one bound at registration (TLV original-imsi); absent until it is recorded
 * @param app code of the application that the terminal is bound to
 * @param profile name of its profile
 * @param msisdn its telephone number, for short messages
 * @param enabled a disabled terminal is answered by refusals only
 * @param revision grows by one with each change, for conditional requests
 */
public record TerminalRecord(
    String serial,
    String imei,
    Optional<String> imsi,
    String app,
    String profile,
    Optional<String> msisdn,
    boolean enabled,
    long createdMillis,
    long updatedMillis,
    long revision) {

  /** The same with this telephone number. */
  public TerminalRecord withNumber(String number) {
    return new TerminalRecord(
        serial,
        imei,
        imsi,
        app,
        profile,
        Optional.of(number),
        enabled,
        createdMillis,
        updatedMillis,
        revision);
  }
}
