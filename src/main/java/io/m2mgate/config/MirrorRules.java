package io.m2mgate.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What must hold between the settings of an enabled mirror; used once, by the thread that starts. */
final class MirrorRules {
  private static final String FORM =
      "expected mqtt://host:port or mqtts://host:port, nothing behind it, and no user in it";

  private final MirrorSettings mirror;
  private final Map<String, String> problems = new LinkedHashMap<>();

  private MirrorRules(MirrorSettings mirror) {
    this.mirror = mirror;
  }

  /** What is wrong, by the setting's name. */
  static Map<String, String> check(MirrorSettings mirror) {
    var rules = new MirrorRules(mirror);
    if (mirror.enabled()) {
      rules.url();
      rules.credentials();
      rules.tls();
    }
    return rules.problems;
  }

  private void url() {
    if (mirror.url().isEmpty()) {
      problems.put("mirror.url", "is needed while the mirror is enabled; " + FORM);
    } else if (!isBroker(mirror.url().get())) {
      // Without the text: there may be a password in it.
      problems.put("mirror.url", "is no address of a broker; " + FORM);
    }
  }

  private static boolean isBroker(String text) {
    try {
      URI url = new URI(text);
      boolean scheme = "mqtt".equals(url.getScheme()) || "mqtts".equals(url.getScheme());
      return scheme
          && url.getHost() != null
          && url.getPort() <= 65_535
          && url.getUserInfo() == null
          && (url.getPath().isEmpty() || url.getPath().equals("/"))
          && url.getQuery() == null
          && url.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private void credentials() {
    if (mirror.user().isEmpty() && !mirror.password().value().isEmpty()) {
      problems.put("mirror.password", "needs mirror.user beside it");
    }
  }

  private void tls() {
    file("mirror.tls.caFile", mirror.tls().caFile());
    file("mirror.tls.certificateFile", mirror.tls().certificateFile());
    file("mirror.tls.keyFile", mirror.tls().keyFile());
    if (mirror.tls().certificateFile().isPresent() != mirror.tls().keyFile().isPresent()) {
      problems.put("mirror.tls.keyFile", "goes with mirror.tls.certificateFile: set both or none");
    }
  }

  private void file(String key, Optional<Path> file) {
    file.filter(path -> !Files.isRegularFile(path) || !Files.isReadable(path))
        .ifPresent(path ->
            problems.put(key, "'" + path + "' is not a readable file; expected a PEM file"));
  }
}
