package io.m2mgate.cli;

import io.m2mgate.config.DataDir;
import io.m2mgate.config.Endpoints;
import io.m2mgate.config.Settings;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;

/** What a person who started the gateway for the first time is told to do next; stateless. */
record NextSteps(Settings settings, DataDir dataDir, Endpoints endpoints) {

  void print(PrintWriter out) {
    out.println("administrator key: " + dataDir.adminKeyFile()
        + " (created just now; keep it, it opens everything)");
    endpoints.http().ifPresent(http -> {
      String dir = settings.data().dir().toString();
      String option = dir.equals("data") ? "" : " --data-dir " + dir;
      out.println("to see a first reading, in two other shells:");
      out.println("  java -jar " + jar()
          + " simulate --terminals 10 --rate 1 --duration 60s --app demo" + option);
      out.println("  curl -N -H \"Authorization: Bearer $(cat " + dataDir.adminKeyFile() + ")\" '"
          + http.uri() + "/v1/events/stream?app=demo'");
    });
  }

  private static String jar() {
    try {
      CodeSource source = NextSteps.class.getProtectionDomain().getCodeSource();
      Path jar = Path.of(source.getLocation().toURI());
      Path here = Path.of("").toAbsolutePath();
      return jar.startsWith(here) ? here.relativize(jar).toString() : jar.toString();
    } catch (URISyntaxException e) {
      return "m2mgate.jar";
    }
  }
}
