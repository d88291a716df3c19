package io.m2mgate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate upgrade upload}: sends a file as a package. One run, one thread. */
@Command(
    name = "upload",
    description = {
      "Uploads a file as a package. Its SHA-256 is sent along, so that a file that was cut on the way is",
      "refused. Prints the package's id."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate upgrade upload firmware.bin meter 2.1 --app EC01",
      "  m2mgate upgrade upload firmware.bin meter v2.1-rc3 --version-description 2.1 --app EC01",
      "",
      "Exit codes: 0 done, 1 failed or refused, 2 bad options."
    })
final class UpgradeUploadCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
  private Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "NAME", description = "What it is.")
  private String name = "";

  @Parameters(
      index = "2",
      paramLabel = "VERSION",
      description = "As terminals say it at LOGIN once they have it.")
  private String version = "";

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--app",
      paramLabel = "CODE",
      description = "Whose it is; needed with the administrator's key.")
  private Optional<String> app = Optional.empty();

  @Option(
      names = "--version-description",
      paramLabel = "MAJOR.MINOR",
      description = "What terminals are told, where the version is of another form.")
  private Optional<String> versionDescription = Optional.empty();

  @Option(names = "--model", paramLabel = "TEXT", description = "Which terminals it is for.")
  private Optional<String> model = Optional.empty();

  @Option(names = "--notes", paramLabel = "TEXT", description = "For people.")
  private Optional<String> notes = Optional.empty();

  @Option(names = "--json", description = "Print the package as JSON.")
  private boolean json;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is no file");
    }
    Map<String, String> query = new LinkedHashMap<>();
    app.ifPresent(code -> query.put("app", code));
    query.put("name", name);
    query.put("version", version);
    versionDescription.ifPresent(text -> query.put("versionDescription", text));
    model.ifPresent(text -> query.put("model", text));
    notes.ifPresent(text -> query.put("notes", text));
    query.put("sha256", sha256());
    var its =
        new GatewayCall(gateway).upload(GatewayCall.path(UpgradeCommand.PACKAGES, query), file);
    var out = spec.commandLine().getOut();
    out.println(json ? its : its.path("id").asText());
    out.flush();
    return Main.DONE;
  }

  private String sha256() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[1 << 16];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        digest.update(piece, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
