package io.m2mgate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The forms of options that say a rule of a campaign in one word; the gateway checks what is in them. Stateless. */
final class UpgradeRule {
  private static final Pattern GROUP =
      Pattern.compile("([0-9]{1,3})(?::([0-9]{1,3})(?::([0-9]{1,3}))?)?");
  private static final Pattern SPAN = Pattern.compile("([0-9:]{5})-([0-9:]{5})(?:@([a-z,]+))?");

  private UpgradeRule() {}

  /** A group: PERCENT[:SUCCESS[:ERROR]]. */
  static final class Group {
    private final Matcher read;

    Group(String text) {
      read = read(GROUP, text, "PERCENT[:SUCCESS[:ERROR]], as in 10:80:20");
    }

    void addTo(ObjectNode group) {
      List<String> members = List.of("percent", "successThreshold", "errorThreshold");
      for (int i = 0; i < members.size(); i++) {
        if (read.group(i + 1) != null) {
          group.put(members.get(i), Integer.parseInt(read.group(i + 1)));
        }
      }
    }
  }

  /** A window: HH:MM-HH:MM[@DAY,…]. */
  static final class Span {
    private final Matcher read;

    Span(String text) {
      read = read(SPAN, text, "HH:MM-HH:MM[@DAY,…], as in 01:30-04:00@sat,sun");
    }

    void addTo(ObjectNode window) {
      window.put("from", read.group(1)).put("to", read.group(2));
      if (read.group(3) != null) {
        var days = window.putArray("days");
        List.of(read.group(3).split(",")).forEach(days::add);
      }
    }
  }

  /** Reads a group. */
  static final class GroupForm implements ITypeConverter<Group> {
    @Override
    public Group convert(String text) {
      return new Group(text);
    }
  }

  /** Reads a window. */
  static final class SpanForm implements ITypeConverter<Span> {
    @Override
    public Span convert(String text) {
      return new Span(text);
    }
  }

  private static Matcher read(Pattern form, String text, String valid) {
    Matcher matcher = form.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "': valid is " + valid);
    }
    return matcher;
  }
}
