package io.m2mgate.config;

import java.util.ArrayList;
import java.util.List;

/** Writes the list of settings as the commented settings file and as a page of documentation; stateless. */
public final class SettingsDocument {
  private static final int WIDTH = 100;

  private SettingsDocument() {}

  /** The text of {@code conf/m2mgate.yaml}: every setting with its default and meaning. */
  public static String yaml() {
    var out = new StringBuilder();
    out.append(
        "# Every setting of m2mgate with its default. Generated: m2mgate check --print-defaults yaml\n");
    out.append(
        "# Precedence: --set key=value, environment (M2MGATE_TERMINAL_TCP_PORT), this file, default.\n");
    List<String> open = List.of();
    for (SettingDef def : SettingCatalog.all()) {
      List<String> parts = List.of(def.key().split("\\."));
      List<String> sections = parts.subList(0, parts.size() - 1);
      if (open.isEmpty() || !open.get(0).equals(parts.get(0))) {
        out.append('\n');
      }
      openSections(out, open, sections);
      String indent = "  ".repeat(sections.size());
      comment(out, indent, meaning(def));
      out.append(indent)
          .append(parts.get(parts.size() - 1))
          .append(": ")
          .append(value(def))
          .append('\n');
      open = parts;
    }
    return out.toString();
  }

  private static void openSections(StringBuilder out, List<String> open, List<String> sections) {
    int shared = 0;
    while (shared < sections.size()
        && shared < open.size() - 1
        && sections.get(shared).equals(open.get(shared))) {
      shared++;
    }
    for (int depth = shared; depth < sections.size(); depth++) {
      out.append("  ".repeat(depth)).append(sections.get(depth)).append(":\n");
    }
  }

  private static String meaning(SettingDef def) {
    String unit = def.unit().isEmpty() ? "" : " Unit: " + def.unit() + ".";
    return def.doc() + unit + " Form: " + def.type().expected() + ".";
  }

  private static void comment(StringBuilder out, String indent, String text) {
    var line = new StringBuilder(indent).append('#');
    for (String word : text.split(" ")) {
      if (line.length() + 1 + word.length() > WIDTH) {
        out.append(line).append('\n');
        line = new StringBuilder(indent).append('#');
      }
      line.append(' ').append(word);
    }
    out.append(line).append('\n');
  }

  private static String value(SettingDef def) {
    boolean list =
        def.type() instanceof SettingType.Ranges || def.type() instanceof SettingType.TextList;
    if (list) {
      List<String> parts = new ArrayList<>();
      for (String part : def.defaultText().split(",")) {
        if (!part.isEmpty()) {
          parts.add('"' + part + '"');
        }
      }
      return "[" + String.join(", ", parts) + "]";
    }
    boolean plain = def.defaultText().matches("[A-Za-z0-9./_-]+");
    return plain ? def.defaultText() : '"' + def.defaultText() + '"';
  }

  /** The text of {@code docs/settings.md}: a table a section. */
  public static String markdown() {
    var out = new StringBuilder();
    out.append("# Settings\n\n");
    out.append(
        "Generated from the list in the program: `m2mgate check --print-defaults markdown`; do not edit.\n\n");
    out.append(
        "A setting is read from, strongest first: `--set key=value`, the environment, the file named by");
    out.append(" `--conf` (or `conf/m2mgate.yaml` when it exists), its default.\n");
    out.append(
        "The environment variable of a setting is `M2MGATE_` and its name in capitals with `_` for `.`;");
    out.append(
        " capitals inside a name do not count: `terminal.maxFrame` is `M2MGATE_TERMINAL_MAXFRAME`.\n");
    out.append(
        "Lists are YAML lists in the file and texts with commas elsewhere. `${data.dir}` in a value is");
    out.append(
        " replaced by that setting. Relative paths are relative to the working directory.\n");
    out.append(
        "Unknown names and invalid values stop the start; `m2mgate check` shows them all at once.\n");
    String section = "";
    for (SettingDef def : SettingCatalog.all()) {
      if (!def.section().equals(section)) {
        section = def.section();
        out.append("\n## ").append(section).append("\n\n");
        out.append("| setting | default | form | meaning |\n|---|---|---|---|\n");
      }
      out.append("| `")
          .append(def.key())
          .append("` | ")
          .append(cell(def.defaultText()))
          .append(" | ");
      out.append(def.type().expected()).append(def.unit().isEmpty() ? "" : " (" + def.unit() + ")");
      out.append(" | ").append(def.doc()).append(" |\n");
    }
    return out.toString();
  }

  private static String cell(String text) {
    return text.isEmpty() ? "nothing" : "`" + text + "`";
  }
}
