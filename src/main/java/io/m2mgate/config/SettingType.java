package io.m2mgate.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The forms a setting's value can have; immutable, shared by all threads. */
public sealed interface SettingType {

  /** What came of reading a text as a value. */
  sealed interface Parsed {}

  /** The text was a value of the type. */
  record Valid(Object value) implements Parsed {}

  /** The text was none; what would have been valid is in {@link SettingType#expected()}. */
  record Invalid() implements Parsed {}

  /** Reads a text that came from a file, the environment or the command line. */
  Parsed parse(String text);

  /** What a valid value is, as the end of a sentence that starts with "expected". */
  String expected();

  /** The text as it may be shown to people: without what is secret in it. */
  default String shown(String text) {
    return text;
  }

  /** A whole number within bounds, both included. */
  record WholeNumber(long min, long max) implements SettingType {
    @Override
    public Parsed parse(String text) {
      try {
        long value = Long.parseLong(text);
        return value >= min && value <= max ? new Valid(value) : new Invalid();
      } catch (NumberFormatException e) {
        return new Invalid();
      }
    }

    @Override
    public String expected() {
      return max == Long.MAX_VALUE
          ? "a whole number from " + min
          : "a whole number from " + min + " to " + max;
    }
  }

  /** {@code true} or {@code false}. */
  record Flag() implements SettingType {
    @Override
    public Parsed parse(String text) {
      return switch (text) {
        case "true" -> new Valid(true);
        case "false" -> new Valid(false);
        default -> new Invalid();
      };
    }

    @Override
    public String expected() {
      return "true or false";
    }
  }

  /** One of a few words. */
  record Choice(List<String> words) implements SettingType {
    @Override
    public Parsed parse(String text) {
      return words.contains(text) ? new Valid(text) : new Invalid();
    }

    @Override
    public String expected() {
      return "one of " + String.join(", ", words);
    }
  }

  /** A text that a pattern accepts; {@code meaning} says in words what the pattern does. */
  record Text(Pattern pattern, String meaning, boolean secret) implements SettingType {
    @Override
    public Parsed parse(String text) {
      return pattern.matcher(text).matches() ? new Valid(text) : new Invalid();
    }

    @Override
    public String expected() {
      return meaning;
    }

    @Override
    public String shown(String text) {
      return secret && !text.isEmpty() ? Secret.MASK : text;
    }
  }

  /** Texts separated by commas, or a list in the file; an empty text is an empty list. */
  record TextList(Pattern pattern, String meaning) implements SettingType {
    @Override
    public Parsed parse(String text) {
      List<String> parts = split(text);
      boolean good = parts.stream().allMatch(part -> pattern.matcher(part).matches());
      return good ? new Valid(parts) : new Invalid();
    }

    @Override
    public String expected() {
      return "a list of " + meaning;
    }
  }

  /** Address ranges separated by commas, or a list in the file. */
  record Ranges() implements SettingType {
    @Override
    public Parsed parse(String text) {
      List<Cidr> ranges = new ArrayList<>();
      for (String part : split(text)) {
        var range = Cidr.parse(part);
        if (range.isEmpty()) {
          return new Invalid();
        }
        ranges.add(range.get());
      }
      return new Valid(List.copyOf(ranges));
    }

    @Override
    public String expected() {
      return "a list of address ranges such as 10.0.0.0/8 or ::1/128";
    }
  }

  /** Where the store is: {@code sqlite:FILE} or {@code postgresql://…}. */
  record StoreLocation() implements SettingType {
    @Override
    public Parsed parse(String text) {
      return StoreUrl.parse(text).<Parsed>map(Valid::new).orElseGet(Invalid::new);
    }

    @Override
    public String expected() {
      return "sqlite:FILE or postgresql://user:password@host:5432/database";
    }

    @Override
    public String shown(String text) {
      return StoreUrl.masked(text);
    }
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",")) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return List.copyOf(parts);
  }
}
