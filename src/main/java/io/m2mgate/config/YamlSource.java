package io.m2mgate.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a settings file into flat names with the lines they stand on; used once, by the thread that starts. */
final class YamlSource {
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Path file;
  private final List<SettingProblem> problems;
  private final List<RawSetting> found = new ArrayList<>();
  private final Map<String, Integer> lines = new HashMap<>();

  YamlSource(Path file, List<SettingProblem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** Every scalar of the file under its dotted name; what cannot be read becomes a problem. */
  List<RawSetting> read() {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        problems.add(new SettingProblem(
            file.toString(), "file", "longer than " + MAX_FILE_BYTES + " bytes"));
        return found;
      }
      try (JsonParser parser = new YAMLFactory().createParser(Files.readString(file))) {
        readDocument(parser);
      }
    } catch (JsonProcessingException e) {
      problems.add(new SettingProblem(
          at(e.getLocation().getLineNr()), "file", "not YAML: " + e.getOriginalMessage()));
    } catch (IOException e) {
      problems.add(new SettingProblem(
          file.toString(), "file", "cannot be read: " + e.getClass().getSimpleName()));
    }
    return found;
  }

  private void readDocument(JsonParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return;
    }
    if (first == JsonToken.START_OBJECT) {
      readSection(parser, "");
    } else {
      problems.add(new SettingProblem(at(line(parser)), "file", "expected names with values"));
    }
  }

  private void readSection(JsonParser parser, String prefix) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = prefix + parser.currentName();
      int line = line(parser);
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_OBJECT) {
        readSection(parser, key + ".");
      } else if (value == JsonToken.START_ARRAY) {
        note(key, list(parser, key, line), line);
      } else if (value != JsonToken.VALUE_NULL) {
        note(key, parser.getText(), line);
      } else if (!SettingCatalog.isName(key)) {
        note(key, "", line);
      }
    }
  }

  private String list(JsonParser parser, String key, int line) throws IOException {
    List<String> parts = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      if (token.isScalarValue()) {
        parts.add(parser.getText());
      } else {
        problems.add(new SettingProblem(at(line), key, "expected a list of plain values"));
        parser.skipChildren();
      }
    }
    return String.join(",", parts);
  }

  private void note(String key, String text, int line) {
    Integer earlier = lines.putIfAbsent(key, line);
    if (earlier == null) {
      found.add(new RawSetting(key, text, at(line)));
    } else {
      problems.add(new SettingProblem(at(line), key, "already set on line " + earlier));
    }
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private String at(int line) {
    return file + " line " + line;
  }
}
