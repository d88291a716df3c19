package io.m2mgate.bridge.http;

import java.util.regex.Pattern;

/** The forms of what requests name. Immutable. */
final class Forms {

  static final Pattern APP_CODE = Pattern.compile("[A-Za-z0-9._-]{1,20}");
  static final String APP_CODE_VALID = "1..20 of [A-Za-z0-9._-]";
  static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{16}");
  static final String SERIAL_VALID = "16 of [A-Za-z0-9._-]";
  static final Pattern DIGITS_15 = Pattern.compile("[0-9]{15}");
  static final String DIGITS_15_VALID = "15 digits";
  static final Pattern MSISDN = Pattern.compile("\\+?[0-9]{3,20}");
  static final String MSISDN_VALID = "3..20 digits, + in front if international";
  static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9]{8}");
  static final String PASSWORD_VALID = "8 of [A-Za-z0-9]";
  static final Pattern BASE_KEY = Pattern.compile("([0-9A-Fa-f]{2}){16,24}");
  static final String BASE_KEY_VALID = "16..24 bytes as hex digits";
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,40}");
  static final String NAME_VALID = "1..40 of [A-Za-z0-9._-]";
  static final Pattern TITLE = Pattern.compile("[^\\p{Cntrl}]{0,100}");
  static final String TITLE_VALID = "at most 100 printable characters";

  static final Pattern NOTE = Pattern.compile("[^\\p{Cntrl}]{0,1000}");
  static final String NOTE_VALID = "at most 1000 printable characters";

  private Forms() {}
}
