package io.m2mgate.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
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

  /** A counter; Prometheus shows it with {@code _total}. {@code labels} are names and values in turn. */
  public Counter counter(String name, String help, String... labels) {
    return Counter.builder(checked(name)).description(help).tags(labels).register(registry);
  }

  /** One counter a constant of an enum, under a label with its name in lower case; all show 0 from the start. */
  public <R extends Enum<R>> Map<R, Counter> counters(
      String name, String help, String label, Class<R> reasons, String... labels) {
    Map<R, Counter> counters = new EnumMap<>(reasons);
    for (R reason : reasons.getEnumConstants()) {
      Tags tags = Tags.of(labels).and(Tag.of(label, reason.name().toLowerCase(Locale.ROOT)));
      counters.put(
          reason, Counter.builder(checked(name)).description(help).tags(tags).register(registry));
    }
    return counters;
  }

  /** One counter a word, under a label; the words are all there will ever be. */
  public Map<String, Counter> counters(
      String name, String help, String label, Collection<String> words, String... labels) {
    Map<String, Counter> counters = new LinkedHashMap<>();
    for (String word : words) {
      Tags tags = Tags.of(labels).and(Tag.of(label, word));
      counters.put(
          word, Counter.builder(checked(name)).description(help).tags(tags).register(registry));
    }
    return Map.copyOf(counters);
  }

  /** A gauge read from any thread whenever somebody looks; the registry keeps the supplier alive. */
  public Gauge gauge(String name, String help, Supplier<Number> value, String... labels) {
    return Gauge.builder(checked(name), value)
        .description(help)
        .strongReference(true)
        .tags(labels)
        .register(registry);
  }

  /** A duration with a histogram of buckets from 100 µs to 10 s. */
  public Timer timer(String name, String help, String... labels) {
    return Timer.builder(checked(name))
        .description(help)
        .tags(labels)
        .serviceLevelObjectives(
            Duration.ofNanos(100_000),
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10))
        .register(registry);
  }

  /** The registry itself, for parts that name their own figures. */
  public PrometheusMeterRegistry registry() {
    return registry;
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
