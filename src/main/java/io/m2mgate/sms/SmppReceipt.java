package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageReceipt;
import io.m2mgate.api.ShortMessageReceipt.State;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a delivery receipt (SMPP 3.4, appendix B), which every centre writes a little differently. Stateless. */
final class SmppReceipt {

  private static final Pattern ID =
      Pattern.compile("\\bid:\\s*(\\S{1,65})", Pattern.CASE_INSENSITIVE);
  private static final Pattern STATE =
      Pattern.compile("\\bstat:\\s*(\\w+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern ERROR =
      Pattern.compile("\\berr:\\s*(\\w{1,16})", Pattern.CASE_INSENSITIVE);

  private SmppReceipt() {}

  /**
   * @param messageId what the centre says beside the text, if it does
   * @param underWay the centre calls it a notification, not an end
   * @return empty when nobody can say which message it is of
   */
  static Optional<ShortMessageReceipt> read(
      String text, Optional<String> messageId, boolean underWay) {
    return messageId
        .or(() -> first(ID, text))
        .map(id -> new ShortMessageReceipt(
            id,
            underWay ? State.UNDER_WAY : state(first(STATE, text).orElse("")),
            first(ERROR, text).orElse("")));
  }

  private static State state(String word) {
    String start = word.toUpperCase(Locale.ROOT);
    return switch (start.substring(0, Math.min(5, start.length()))) {
      case "DELIV", "ACCEP" -> State.DELIVERED;
      case "EXPIR" -> State.EXPIRED;
      case "UNDEL" -> State.UNDELIVERABLE;
      case "REJEC" -> State.REJECTED;
      case "ENROU" -> State.UNDER_WAY;
      default -> State.UNKNOWN;
    };
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
