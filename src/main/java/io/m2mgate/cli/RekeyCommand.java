package io.m2mgate.cli;

import io.m2mgate.config.MasterKeyFile;
import io.m2mgate.config.Settings;
import io.m2mgate.ops.Logs;
import io.m2mgate.ops.MasterKeyChange;
import io.m2mgate.security.Rekeying;
import io.m2mgate.security.Rekeying.Mode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code m2mgate rekey}: seals everything in the store under another master key; one run, on the calling thread. */
@Command(
    name = "rekey",
    description =
        "Seals the secrets in the store under another master key. The gateway must be stopped.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "The new key stands beside the old one, as <master key file>.new, until every value is sealed under it and was",
      "opened again; then it takes the old one's place. Broken off at any moment, the same command goes on where it was;",
      "a gateway does not start in between. Backups of the store open under the key they were made with only: keep it",
      "with them. A key that others have seen together with the store makes its secrets known: rotate those as well.",
      "",
      "Examples:",
      "  m2mgate rekey --dry-run",
      "  m2mgate rekey --conf conf/m2mgate.yaml --keep-old /secure/master.key.2026",
      "",
      "Exit codes: 0 done, 1 failed and the old key is still in force, 2 bad settings or options."
    })
final class RekeyCommand implements Callable<Integer> {

  @Mixin
  private SettingsOptions options;

  @Option(
      names = "--dry-run",
      description = "Opens every sealed value, says what would be done, changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--new-key-file",
      paramLabel = "FILE",
      description = "Takes the new key, 32 bytes in base64, from this file instead of making one.")
  private Optional<Path> newKeyFile = Optional.empty();

  @Option(
      names = "--keep-old",
      paramLabel = "FILE",
      description = "Leaves the old key in this file, which must not be there yet.")
  private Optional<Path> keepOld = Optional.empty();

  @Option(
      names = "--batch",
      paramLabel = "ROWS",
      defaultValue = "500",
      description = "Rows of one transaction; ${DEFAULT-VALUE}.")
  private int batch;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Settings settings = options.load().settings();
    Logs.apply(settings.log());
    MasterKeyFile keys = MasterKeyFile.of(settings);
    if (!Files.exists(keys.path())) {
      throw new IOException("there is no master key in " + keys.path());
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean goesOn = keys.changing();
    if (goesOn) {
      say(out, "going on with a rekey that was broken off");
    } else if (keepOld.isPresent() && Files.exists(keepOld.get())) {
      throw new IOException(keepOld.get() + " is there already");
    }
    try (MasterKeyChange change = MasterKeyChange.open(settings, Math.max(1, batch))) {
      Rekeying looked = change.pass(Mode.LOOK, goesOn, newKeyFile, done -> {});
      say(out, looked.toString());
      if (looked.broken() > 0) {
        looked.named().forEach(what -> say(out, "  " + what));
        throw new IOException("there are values under neither key; nothing was changed:"
            + " give these terminals new secrets or delete them, then run again");
      }
      if (dryRun) {
        say(out, "dry run: nothing was changed");
        return Main.DONE;
      }
      say(
          out,
          change.pass(Mode.RESEAL, true, newKeyFile, done -> say(out, done)).toString());
      Rekeying verified = change.pass(Mode.VERIFY, true, newKeyFile, done -> {});
      say(out, verified.toString());
      if (verified.old() + verified.broken() > 0) {
        throw new IOException("not every value opens under the new key; run again");
      }
      keys.change(keepOld);
      say(out, "the new master key is in force in " + keys.path());
      return Main.DONE;
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
