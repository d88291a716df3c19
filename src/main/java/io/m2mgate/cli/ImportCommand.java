package io.m2mgate.cli;

import io.m2mgate.cli.TerminalsCommand.Form;
import io.m2mgate.cli.simulate.ProgressLine;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate terminals import}: uploads a file of terminals. One run; waits on the thread that called. */
@Command(
    name = "import",
    description = {
      "Creates or updates the terminals of a file: one JSON object a line, or CSV with a header.",
      "What was taken before is skipped, so an upload that broke off can be repeated as it is."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate terminals import fleet.ndjson",
      "  m2mgate terminals import fleet.csv --mode upsert",
      "  m2mgate terminals import fleet.csv --from-line 50001    go on where it stopped",
      "",
      "Failed lines are copied to FILE.failed, to be corrected and imported; why they failed is in FILE.errors.",
      "",
      "Exit codes: 0 every line is in, 1 some are not, 2 bad options."
    })
final class ImportCommand implements Callable<Integer> {
  /** What happens to a terminal that is there. */
  enum Mode {
    create,
    upsert
  }

  @Parameters(paramLabel = "FILE", description = "The file; *.csv is CSV, anything else NDJSON.")
  private Path file = Path.of("");

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--mode",
      defaultValue = "create",
      description =
          "What happens to a terminal that is there and differs: create refuses, upsert updates (default: ${DEFAULT-VALUE}).")
  private Mode mode = Mode.create;

  @Option(
      names = "--overwrite-secrets",
      description = {
        "Sets the secrets of the file also where a rotation or a registration has given the terminal others since.",
        "Such a terminal cannot log in any more until it has these."
      })
  private boolean overwriteSecrets;

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}; by the file's name unless told.")
  private Optional<Form> format = Optional.empty();

  @Option(
      names = "--from-line",
      paramLabel = "N",
      defaultValue = "1",
      description = "Begins at this line of the file; a header is sent all the same.")
  private long fromLine = 1;

  @Spec
  private CommandSpec spec;

  private final BitSet failed = new BitSet();
  private Optional<OutputStream> errors = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (fromLine < 1 || fromLine > Integer.MAX_VALUE) {
      throw new ParameterException(spec.commandLine(), "--from-line: valid is 1 or more");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + " is no file");
    }
    Form form = format.orElse(Form.of(file));
    UploadFile source = UploadFile.open(file, form == Form.csv, fromLine);
    Files.deleteIfExists(beside(".failed"));
    Files.deleteIfExists(beside(".errors"));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      String secrets = overwriteSecrets ? "overwrite" : "keep";
      var request = gateway
          .request(
              HttpMethod.POST, "/v1/admin/terminals/import?mode=" + mode + "&secrets=" + secrets)
          .putHeader("Content-Type", form.mediaType());
      return report(
          source,
          follow(Upload.start(vertx, gateway.client(vertx), request, source, this::failed)));
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
      if (errors.isPresent()) {
        errors.get().close();
      }
    }
  }

  private Path beside(String ending) {
    return Path.of(file + ending);
  }

  private void failed(JsonObject line) {
    try {
      if (errors.isEmpty()) {
        errors = Optional.of(UploadFile.privateFile(beside(".errors")));
      }
      errors.get().write((line.encode() + "\n").getBytes(StandardCharsets.UTF_8));
      failed.set((int) Math.min(Integer.MAX_VALUE - 1, line.getLong("line")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject follow(Upload upload) throws IOException, InterruptedException {
    CompletableFuture<JsonObject> summary =
        upload.summary().toCompletionStage().toCompletableFuture();
    long size = Math.max(1, Files.size(file));
    long started = System.nanoTime();
    try (var line = new ProgressLine(spec.commandLine().getErr())) {
      while (true) {
        try {
          return summary.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException notYet) {
          double seconds = (System.nanoTime() - started) / 1e9;
          line.show(String.format(
              "%d %%, %,d lines sent, %,.0f a second, %,d failed",
              Math.min(100, 100 * upload.sentBytes() / size),
              upload.sentLines(),
              upload.sentLines() / seconds,
              upload.failedLines()));
        }
      }
    } catch (ExecutionException e) {
      throw new IOException(
          e.getCause().getMessage() + "; what was taken stays, import the file again to go on",
          e.getCause());
    }
  }

  private int report(UploadFile source, JsonObject summary) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%,d created, %,d updated, %,d skipped, %,d failed%n",
        summary.getLong("created"),
        summary.getLong("updated"),
        summary.getLong("skipped"),
        summary.getLong("failed"));
    long kept = summary.getLong("secretsKept", 0L);
    if (kept > 0) {
      out.printf(
          "%,d of them keep the secrets that they were given since; --overwrite-secrets sets those of the file%n",
          kept);
    }
    boolean complete = summary.getBoolean("complete", false);
    if (!complete) {
      out.printf(
          "stopped by the gateway (%s); go on with --from-line %d%n",
          summary.getString("type", "no reason given"),
          source.lineInFile(summary.getLong("next", 1L)));
    }
    if (!failed.isEmpty()) {
      source.copyLines(failed, beside(".failed"));
      out.println("failed lines: " + beside(".failed") + ", why: " + beside(".errors"));
    }
    out.flush();
    return complete && failed.isEmpty() ? Main.DONE : Main.FAILED;
  }
}
