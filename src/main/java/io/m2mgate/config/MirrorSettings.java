package io.m2mgate.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The broker that events are mirrored to; immutable, shared by all threads. When enabled, the URL is of the form that
 * {@link MirrorRules} asks for.
 */
public record MirrorSettings(
    boolean enabled,
    Optional<String> url,
    Optional<String> user,
    Secret password,
    Optional<String> clientId,
    Selection selection,
    Limits limits,
    Connection connection,
    Tls tls,
    Requests requests) {

  private static final int PORT = 1883;
  private static final int TLS_PORT = 8883;

  /** What is published, how, and from where on. */
  public record Selection(
      Set<String> applications, Set<String> types, int qos, boolean fromOldest) {
    public Selection {
      applications = Set.copyOf(applications);
      types = Set.copyOf(types);
    }
  }

  /** What may be on its way, and how often the cursors are stored. */
  public record Limits(
      int window, int queueBytes, int maxMessageBytes, int commitMillis, int drainMillis) {}

  /** How the connection is made and watched. */
  public record Connection(
      int keepAliveSeconds, int connectSeconds, int firstMillis, int maxSeconds) {}

  /** Whom to trust, and who to be; for {@code mqtts://} alone. */
  public record Tls(
      Optional<Path> caFile,
      Optional<Path> certificateFile,
      Optional<Path> keyFile,
      boolean verifyHost) {}

  /** Requests from the broker. */
  public record Requests(boolean enabled, int waiting, int maxMessageBytes) {}

  /** Whether the broker is spoken to through TLS. */
  public boolean secure() {
    return uri().getScheme().equals("mqtts");
  }

  public String host() {
    return uri().getHost().replaceAll("[\\[\\]]", "");
  }

  public int port() {
    int given = uri().getPort();
    return given >= 0 ? given : secure() ? TLS_PORT : PORT;
  }

  private URI uri() {
    return URI.create(url.orElseThrow());
  }

  static MirrorSettings read(EffectiveSettings values) {
    return new MirrorSettings(
        values.typed("mirror.enabled", Boolean.class),
        maybe(values, "mirror.url"),
        maybe(values, "mirror.user"),
        new Secret(values.typed("mirror.password", String.class)),
        maybe(values, "mirror.clientId"),
        new Selection(
            texts(values, "mirror.applications"),
            texts(values, "mirror.types"),
            number(values, "mirror.qos"),
            values.typed("mirror.from", String.class).equals("oldest")),
        new Limits(
            number(values, "mirror.window"),
            number(values, "mirror.queueBytes"),
            number(values, "mirror.maxMessageBytes"),
            number(values, "mirror.commitMillis"),
            number(values, "mirror.drainMillis")),
        new Connection(
            number(values, "mirror.keepAliveSeconds"),
            number(values, "mirror.connectSeconds"),
            number(values, "mirror.backoff.firstMillis"),
            number(values, "mirror.backoff.maxSeconds")),
        new Tls(
            maybe(values, "mirror.tls.caFile").map(Path::of),
            maybe(values, "mirror.tls.certificateFile").map(Path::of),
            maybe(values, "mirror.tls.keyFile").map(Path::of),
            values.typed("mirror.tls.verifyHost", Boolean.class)),
        new Requests(
            values.typed("mirror.requests.enabled", Boolean.class),
            number(values, "mirror.requests.waiting"),
            number(values, "mirror.requests.maxMessageBytes")));
  }

  private static int number(EffectiveSettings values, String key) {
    return Math.toIntExact(values.typed(key, Long.class));
  }

  private static Optional<String> maybe(EffectiveSettings values, String key) {
    return Optional.of(values.typed(key, String.class)).filter(text -> !text.isEmpty());
  }

  private static Set<String> texts(EffectiveSettings values, String key) {
    List<String> list = Stream.of(values.typed(key, List.class).toArray())
        .map(String.class::cast)
        .toList();
    return Set.copyOf(list);
  }
}
