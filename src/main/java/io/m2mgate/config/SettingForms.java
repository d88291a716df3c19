package io.m2mgate.config;

import io.m2mgate.config.SettingType.Choice;
import io.m2mgate.config.SettingType.Flag;
import io.m2mgate.config.SettingType.Text;
import io.m2mgate.config.SettingType.WholeNumber;
import java.util.List;
import java.util.regex.Pattern;

/** The forms that several settings share; immutable, shared by all threads. */
final class SettingForms {
  static final SettingType FLAG = new Flag();
  static final SettingType PORT = count(0, 65_535);
  static final SettingType HOST = text("[A-Za-z0-9._:%\\[\\]-]+", "a host name or address");
  static final SettingType ANY_HOST =
      text("[A-Za-z0-9._:%\\[\\]-]*", "a host name or address, or nothing");
  static final SettingType FILE = text(".*", "a file, or nothing");
  static final SettingType DIRECTORY = text(".+", "a directory");
  static final SettingType URL = text("([a-z+]+://\\S+)?", "a URL, or nothing");
  static final SettingType PASSWORD =
      new Text(Pattern.compile(".*"), "a password, or nothing", true);
  static final SettingType APP_CODE =
      text("([A-Za-z0-9._-]{1,20})?", "1 to 20 of A-Z a-z 0-9 . _ -, or nothing");
  static final SettingType SERIAL_PREFIX = text("([A-Z0-9]{8})?", "8 of A-Z 0-9, or nothing");
  static final SettingType COUNT = count(1, Integer.MAX_VALUE);
  static final SettingType BYTES = count(1, Long.MAX_VALUE);
  static final SettingType BUFFER = count(1024, Integer.MAX_VALUE);
  static final SettingType LEVEL = choice("off", "error", "warn", "info", "debug", "trace");
  static final SettingType AREA_LEVEL =
      choice("inherit", "off", "error", "warn", "info", "debug", "trace");

  private SettingForms() {}

  static SettingType count(long min, long max) {
    return new WholeNumber(min, max);
  }

  static SettingType choice(String... words) {
    return new Choice(List.of(words));
  }

  static SettingType text(String pattern, String meaning) {
    return new Text(Pattern.compile(pattern), meaning, false);
  }
}
