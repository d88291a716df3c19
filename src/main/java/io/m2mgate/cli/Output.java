package io.m2mgate.cli;

import picocli.CommandLine.Option;

/** The options that say how a command prints what it has; filled by the thread that parses. */
final class Output {
  /** For people, or for programs. */
  enum Form {
    table,
    json
  }

  @Option(
      names = "--output",
      paramLabel = "table|json",
      defaultValue = "table",
      description = "For people, or JSON; of a list one object a line (default: ${DEFAULT-VALUE}).")
  private Form form = Form.table;

  @Option(names = "--json", description = "The same as --output json.")
  private boolean json;

  boolean json() {
    return json || form == Form.json;
  }
}
