package io.m2mgate.cli;

import io.m2mgate.cli.TerminalsCommand.Form;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate terminals export}: writes terminals to a file, which appears under its name once it is whole. One run. */
@Command(
    name = "export",
    description =
        "Writes terminals, without their secrets, in the form that import reads: NDJSON or CSV.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  m2mgate terminals export fleet.ndjson",
      "  m2mgate terminals export silent.csv --app EC01 --state offline",
      "",
      "Exit codes: 0 done, 1 failed and no file written, 2 bad options."
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The file; *.csv is CSV, anything else NDJSON.")
  private Path file = Path.of("");

  @Mixin
  private GatewayAddress gateway = new GatewayAddress();

  @Option(
      names = "--format",
      description = "${COMPLETION-CANDIDATES}; by the file's name unless told.")
  private Optional<Form> format = Optional.empty();

  @Mixin
  private TerminalFilters filters = new TerminalFilters();

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path part = Path.of(file + ".part");
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      var client = gateway.client(vertx);
      client
          .request(gateway.request(HttpMethod.GET, path()))
          .compose(request -> request.send())
          .compose(response -> save(vertx, response, part))
          .toCompletionStage()
          .toCompletableFuture()
          .get();
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return Main.DONE;
    } catch (ExecutionException e) {
      Files.deleteIfExists(part);
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static Future<Void> save(Vertx vertx, HttpClientResponse response, Path part) {
    if (response.statusCode() != 200) {
      return response
          .body()
          .compose(body -> Future.failedFuture(
              new IOException("the gateway answered " + response.statusCode() + " " + body)));
    }
    response.pause();
    return vertx
        .fileSystem()
        .open(part.toString(), new OpenOptions().setTruncateExisting(true))
        .compose((AsyncFile to) -> response.pipeTo(to));
  }

  private String path() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("format", format.orElse(Form.of(file)).name());
    filters.addTo(parameters);
    return GatewayCall.path("/v1/admin/terminals/export", parameters);
  }
}
