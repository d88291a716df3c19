package io.m2mgate.cli;

import io.m2mgate.config.DataDir;
import io.m2mgate.ops.Gateway;
import io.m2mgate.ops.StartFault;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The orderly end on SIGTERM and ctrl-C: stop accepting, drain, commit, exit 0; runs on the shutdown thread. Ends the
 * process by itself, because the machine would otherwise report the signal instead of 0.
 */
final class StopHook extends Thread {
  private static final Logger LOG = LoggerFactory.getLogger("io.m2mgate.ops.Run");
  private static final int PATIENCE_SECONDS = 9;

  private final DataDir dataDir;
  private final CompletableFuture<CompletableFuture<Gateway>> starting = new CompletableFuture<>();

  StopHook(DataDir dataDir) {
    super("m2mgate-stop");
    this.dataDir = dataDir;
  }

  /** Tells what to stop; until then a signal waits for it. */
  void watch(CompletableFuture<Gateway> gateway) {
    starting.complete(gateway);
  }

  /** Takes the hook back after a failed start, so that the process can exit with the code of the failure. */
  void withdraw() {
    try {
      Runtime.getRuntime().removeShutdownHook(this);
    } catch (IllegalStateException e) {
      LOG.debug("a signal came while the start failed");
    }
  }

  @Override
  public void run() {
    LOG.info("stopping");
    Runtime.getRuntime().halt(stopped());
  }

  private int stopped() {
    try {
      starting
          .thenCompose(gateway -> gateway)
          .thenCompose(gateway -> gateway.stop().toCompletionStage())
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      dataDir.removeEndpoints();
      LOG.info("stopped");
      return Main.DONE;
    } catch (TimeoutException e) {
      LOG.warn("stop was forced after {} s; what was not acknowledged is lost", PATIENCE_SECONDS);
      return Main.DONE;
    } catch (ExecutionException e) {
      LOG.error("stop failed: {}", StartFault.reason(e));
      return Main.FAILED;
    } catch (IOException e) {
      LOG.warn("endpoints.json could not be removed: {}", StartFault.reason(e));
      return Main.DONE;
    } catch (InterruptedException e) {
      return Main.FAILED;
    }
  }
}
