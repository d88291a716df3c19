package io.m2mgate.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The registry of every figure the gateway shows; safe from any thread. Names start with {@code m2mgate_}; the values of
 * a label are fixed when it is registered, so no peer can make the registry grow.
 */
public final class Metrics implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("m2mgate_[a-z][a-z0-9_]*[a-z0-9]");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /** An empty registry with the name of the node on every figure. */
  public Metrics(String nodeName) {
    registry.config().commonTags("node", nodeName);
  }

  /** Adds the figures of the virtual machine and the process. */
  public Metrics withProcess() {
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    return this;
  }

  /** What every part registers its own figures with. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  /** One counter a constant of an enum, under a label: {@code TOO_LONG} is {@code too-long}. All show 0 from the start. */
  public <R extends Enum<R>> Map<R, Counter> counters(
      String name, String help, String label, Class<R> reasons, String... labels) {
    Map<R, Counter> counters = new EnumMap<>(reasons);
    for (R reason : reasons.getEnumConstants()) {
      Tags tags = Tags.of(labels)
          .and(Tag.of(label, reason.name().toLowerCase(Locale.ROOT).replace('_', '-')));
      counters.put(
          reason, Counter.builder(checked(name)).description(help).tags(tags).register(registry));
    }
    return counters;
  }

  /** Every figure in the text format of Prometheus. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not the name of a metric: " + name);
    }
    return name;
  }
}
