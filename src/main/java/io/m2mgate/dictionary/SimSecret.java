package io.m2mgate.dictionary;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/** A code of the SIM card that the platform may set (5.4.1): digits, and whether the card asks for them. */
public enum SimSecret {
  PIN1("pin1", 4, Tags::pin1, Tags::pin1Digest, Tags::pin1Active),
  PIN2("pin2", 4, Tags::pin2, Tags::pin2Digest, Tags::pin2Active),
  PUK1("puk1", 8, Tags::puk1, Tags::puk1Digest, Tags::puk1Active),
  PUK2("puk2", 8, Tags::puk2, Tags::puk2Digest, Tags::puk2Active);

  private static final int MOST_DIGITS = 8;

  private final String member;
  private final int leastDigits;
  private final ToIntFunction<Tags> value;
  private final ToIntFunction<Tags> digest;
  private final ToIntFunction<Tags> active;

  SimSecret(
      String member,
      int leastDigits,
      ToIntFunction<Tags> value,
      ToIntFunction<Tags> digest,
      ToIntFunction<Tags> active) {
    this.member = member;
    this.leastDigits = leastDigits;
    this.value = value;
    this.digest = digest;
    this.active = active;
  }

  public static Optional<SimSecret> of(String member) {
    return Arrays.stream(values()).filter(it -> it.member.equals(member)).findFirst();
  }

  /** Its name for applications. */
  public String member() {
    return member;
  }

  /** The member that says whether the card asks for it. */
  public String activeMember() {
    return member + "Active";
  }

  public Pattern form() {
    return Pattern.compile("[0-9]{" + leastDigits + "," + MOST_DIGITS + "}");
  }

  /** The form in words. */
  public String valid() {
    return leastDigits == MOST_DIGITS
        ? MOST_DIGITS + " digits"
        : leastDigits + " to " + MOST_DIGITS + " digits";
  }

  /** The tag of the code itself. */
  public int valueTag(Tags tags) {
    return value.applyAsInt(tags);
  }

  /** The tag by which a terminal says that it has the code, without showing it. */
  public int digestTag(Tags tags) {
    return digest.applyAsInt(tags);
  }

  /** The tag of 1 where the card asks for the code, else 0. */
  public int activeTag(Tags tags) {
    return active.applyAsInt(tags);
  }
}
