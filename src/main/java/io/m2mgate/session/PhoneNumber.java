package io.m2mgate.session;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Telephone numbers as operators, centres and people write them, made equal: digits in international form, without a sign before
 * them. Immutable; may be used from any thread.
 */
public final class PhoneNumber {

  private static final Pattern WRITTEN = Pattern.compile("\\+?[0-9]{3,20}");
  private static final Pattern BETWEEN = Pattern.compile("[ ()./-]");
  private static final String ABROAD = "00";
  private static final String TRUNK = "0";

  /** A national number is not longer than one that begins with the digits of the country by chance. */
  private static final int SHORTEST_MOBILE = 9;

  private final String countryCode;

  /** @param countryCode of numbers that are written without one, digits */
  public PhoneNumber(String countryCode) {
    this.countryCode = countryCode;
  }

  /** International digits; empty for what is no number. */
  public Optional<String> normal(String written) {
    String text = BETWEEN.matcher(written).replaceAll("");
    return WRITTEN.matcher(text).matches() ? Optional.of(international(text)) : Optional.empty();
  }

  private String international(String text) {
    if (text.startsWith("+")) {
      return text.substring(1);
    }
    if (text.startsWith(ABROAD)) {
      return text.substring(ABROAD.length());
    }
    if (text.startsWith(TRUNK)) {
      return countryCode + text.substring(TRUNK.length());
    }
    boolean hasCountry =
        text.startsWith(countryCode) && text.length() >= countryCode.length() + SHORTEST_MOBILE;
    return hasCountry ? text : countryCode + text;
  }

  /** The ways in which a record may have this number, which is in international form. */
  public List<String> forms(String international) {
    List<String> abroad = List.of(international, "+" + international, ABROAD + international);
    if (!international.startsWith(countryCode)) {
      return abroad;
    }
    String national = international.substring(countryCode.length());
    return List.of(abroad.get(0), abroad.get(1), abroad.get(2), national, TRUNK + national);
  }
}
