package io.m2mgate.cli;

import io.m2mgate.config.EffectiveSettings;
import io.m2mgate.config.SettingsDocument;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a configuration and shows every setting with its source; starts nothing, on the calling thread. */
@Command(
    name = "check",
    description = "Checks the settings and shows each with its source; secrets are masked.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footer = {
      "",
      "Examples:",
      "  m2mgate check --conf conf/m2mgate.yaml",
      "  m2mgate check --set http.host=0.0.0.0            says what else that needs",
      "  m2mgate check --print-defaults yaml > conf/m2mgate.yaml",
      "",
      "Exit codes: 0 valid, 2 not valid."
    })
final class CheckCommand implements Callable<Integer> {
  /** The forms in which the list of settings can be printed. */
  enum Form {
    yaml,
    markdown
  }

  @Mixin
  private SettingsOptions options;

  @Option(
      names = "--print-defaults",
      paramLabel = "FORM",
      description =
          "Prints every setting with default and meaning instead: ${COMPLETION-CANDIDATES}.")
  private Form form;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (form != null) {
      out.print(form == Form.yaml ? SettingsDocument.yaml() : SettingsDocument.markdown());
    } else {
      EffectiveSettings effective = options.load().effective();
      for (EffectiveSettings.Value value : effective.values()) {
        out.printf("%-40s %-34s %s%n", value.def().key(), quoted(value.shown()), value.source());
      }
    }
    out.flush();
    return Main.DONE;
  }

  private static String quoted(String text) {
    return text.isEmpty() ? "\"\"" : text;
  }
}
