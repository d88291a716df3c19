package io.m2mgate.cli;

import io.m2mgate.config.DataDir;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.Settings;
import io.m2mgate.ops.Gateway;
import io.m2mgate.ops.Logs;
import io.m2mgate.ops.StartFault;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs the gateway until a signal ends it; owns the process, on the main thread and in its shutdown hook. */
@Command(
    name = "run",
    description = "Runs the gateway until SIGTERM or ctrl-C.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    footer = {
      "",
      "Examples:",
      "  m2mgate run",
      "  m2mgate run --conf conf/m2mgate.yaml --set log.command=debug",
      "  m2mgate run --set terminal.tcp.port=0 --set http.port=0   (see <data.dir>/endpoints.json)",
      "",
      "Exit codes: 0 stopped by a signal, 1 could not start, 2 bad settings."
    })
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger("io.m2mgate.ops.Run");

  @Mixin
  private SettingsOptions options;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = options.load().settings();
    Logs.apply(settings.log());
    DataDir dataDir = open(settings);
    dataDir.warnings().forEach(warning -> LOG.warn("{}", warning));
    var hook = new StopHook(dataDir);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      CompletableFuture<Gateway> starting =
          Gateway.start(settings, dataDir).toCompletionStage().toCompletableFuture();
      hook.watch(starting);
      Endpoints endpoints = starting.get().endpoints();
      dataDir.writeEndpoints(endpoints);
      announce(settings, dataDir, endpoints);
    } catch (ExecutionException e) {
      hook.withdraw();
      throw e.getCause() instanceof StartFault fault
          ? fault
          : new StartFault(startFailed(e), e.getCause());
    } catch (IOException e) {
      hook.withdraw();
      throw dataDirFault(settings, e);
    }
    new CountDownLatch(1).await();
    return Main.DONE;
  }

  private static DataDir open(Settings settings) {
    try {
      DataDir dataDir = DataDir.open(settings);
      dataDir.removeEndpoints();
      return dataDir;
    } catch (IOException e) {
      throw dataDirFault(settings, e);
    }
  }

  private static StartFault dataDirFault(Settings settings, IOException failure) {
    String reason = StartFault.reason(failure);
    if (failure instanceof AccessDeniedException) {
      reason = "no permission to write " + reason;
    } else if (failure instanceof FileAlreadyExistsException) {
      reason += " exists and is not a directory";
    }
    return new StartFault(
        "cannot use data.dir '" + settings.data().dir() + "': " + reason, failure);
  }

  private static String startFailed(ExecutionException failure) {
    return "cannot start: " + StartFault.reason(failure) + " (more with --set log.level=debug)";
  }

  private void announce(Settings settings, DataDir dataDir, Endpoints endpoints) {
    PrintWriter out = spec.commandLine().getOut();
    // Not from the process table: its start times can be a second off.
    long millis = ManagementFactory.getRuntimeMXBean().getUptime();
    out.println("m2mgate ready in " + millis + " ms: " + endpoints.summary());
    if (dataDir.firstStart()) {
      new NextSteps(settings, dataDir, endpoints).print(out);
    }
    out.flush();
  }
}
