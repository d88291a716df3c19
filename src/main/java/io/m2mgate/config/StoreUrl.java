package io.m2mgate.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where the store is; immutable, shared by all threads. {@code toString} never shows the password. */
public sealed interface StoreUrl {

  /** As messages name it: without user, password and parameters. */
  String shown();

  /** The embedded engine, one file. */
  record Sqlite(Path file) implements StoreUrl {
    @Override
    public String shown() {
      return toString();
    }

    @Override
    public String toString() {
      return "sqlite:" + file;
    }
  }

  /** A PostgreSQL server; {@code uri} holds user and password as given, percent-encoded. */
  record Postgres(String uri) implements StoreUrl {
    private static final int PORT = 5432;

    @Override
    public String shown() {
      URI parts = URI.create(uri);
      return "postgresql://" + parts.getHost() + ":"
          + (parts.getPort() < 0 ? PORT : parts.getPort()) + parts.getPath();
    }

    @Override
    public String toString() {
      return masked(uri);
    }
  }

  /** Reads {@code sqlite:FILE} or {@code postgresql://…}; empty when it is neither. */
  static Optional<StoreUrl> parse(String text) {
    if (text.startsWith("sqlite:")) {
      return sqlite(text.substring("sqlite:".length()));
    }
    return text.startsWith("postgresql://") ? postgres(text) : Optional.empty();
  }

  private static Optional<StoreUrl> sqlite(String file) {
    try {
      // With a colon in front it is SQLite's own language (":memory:"), not a file.
      boolean usable = !file.isBlank() && !file.startsWith(":");
      return usable ? Optional.of(new Sqlite(Path.of(file))) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<StoreUrl> postgres(String text) {
    try {
      URI uri = new URI(text);
      boolean whole =
          uri.getHost() != null && uri.getPath() != null && uri.getPath().length() > 1;
      return whole ? Optional.of(new Postgres(text)) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A text that may be a store's address, with every password in it masked. */
  static String masked(String text) {
    String userInfo = Masks.USER_INFO.matcher(text).replaceFirst("$1:" + Secret.MASK + "@");
    return Masks.PARAMETER.matcher(userInfo).replaceAll("$1=" + Secret.MASK);
  }

  /** The places of a URL where passwords stand. */
  final class Masks {
    // Greedy up to the last @: a password with an unescaped @ or / in it makes the URL invalid, but
    // must not be shown.
    private static final Pattern USER_INFO = Pattern.compile("(?<=//)([^:/@]*):(.*)@");
    private static final Pattern PARAMETER =
        Pattern.compile("(?i)\\b(password|passwd|pwd|sslpassword)=[^&\\s]*");

    private Masks() {}
  }
}
