package io.m2mgate.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code m2mgate diag}: collects what somebody who looks for a fault needs, without a secret in it. One run, one thread. */
@Command(
    name = "diag",
    description = {
      "Writes a zip for whoever looks for a fault: settings without secrets, versions, figures, health,",
      "threads, sizes of the store, the last audit entries without details. A gateway that does not run",
      "or does not answer is part of the picture, not a failure."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate diag",
      "  m2mgate diag --conf conf/m2mgate.yaml --out report.zip",
      "",
      "Exit codes: 0 written, 1 failed, 2 bad options."
    })
final class DiagCommand implements Callable<Integer> {
  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Mixin
  private SettingsOptions settings = new SettingsOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The zip; m2mgate-diag-<time>.zip unless told.")
  private Optional<Path> out = Optional.empty();

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var time = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    Path file = out.orElse(Path.of("m2mgate-diag-" + time.format(Instant.now()) + ".zip"));
    Path part = Path.of(file + ".part");
    try (OutputStream bytes = UploadFile.privateFile(part);
        var zip = new ZipOutputStream(bytes)) {
      new DiagBundle(gateway, settings).write(zip);
    }
    Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    spec.commandLine().getOut().println(file);
    spec.commandLine().getOut().flush();
    return Main.DONE;
  }
}
