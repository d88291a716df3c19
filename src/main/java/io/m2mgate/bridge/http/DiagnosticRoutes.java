package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.store.Store.Facts;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.Optional;

/** {@code GET /admin/diagnostics}: the process and its store as somebody who looks for a fault sees them. On the bridge's loop. */
final class DiagnosticRoutes {

  private final BridgeParts parts;

  DiagnosticRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("readDiagnostics", this::read);
  }

  private Future<Answer> read(Exchange exchange) {
    return parts
        .store()
        .facts()
        .map(DiagnosticRoutes::store)
        // A store that is away is what one may be looking for.
        .otherwise(failure -> new JsonObject().put("failure", String.valueOf(failure.getMessage())))
        .map(store -> Answer.ok(process().put("store", store).put("threads", threads())));
  }

  private static JsonObject process() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    Runtime memory = Runtime.getRuntime();
    return new JsonObject()
        .put("version", version())
        .put("pid", ProcessHandle.current().pid())
        .put("started", Shapes.time(runtime.getStartTime()))
        .put("runtime", runtime.getVmName() + " " + runtime.getVmVersion())
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
        .put("processors", memory.availableProcessors())
        .put("heapMaxBytes", memory.maxMemory())
        .put("heapUsedBytes", memory.totalMemory() - memory.freeMemory());
  }

  private static String version() {
    return Optional.ofNullable(DiagnosticRoutes.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  private static JsonObject store(Facts facts) {
    var counts = new JsonObject();
    facts.counts().forEach(counts::put);
    return new JsonObject()
        .put("engine", facts.engine())
        .put("schemaVersion", facts.schemaVersion())
        .put("bytes", facts.bytes())
        .put("counts", counts);
  }

  private static JsonArray threads() {
    var threads = new JsonArray();
    for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      var stack = new JsonArray();
      Arrays.stream(thread.getStackTrace()).map(StackTraceElement::toString).forEach(stack::add);
      threads.add(new JsonObject()
          .put("name", thread.getThreadName())
          .put("state", thread.getThreadState().name())
          .put("waitsFor", thread.getLockName())
          .put("stack", stack));
    }
    return threads;
  }
}
