package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One run of a command line in this process, and what came of it. */
record CliRun(int exit, String out, String err) {

  /** A command that finds its gateway by the data directory. */
  static CliRun of(GatewayProcess gateway, String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--data-dir", gateway.dataDir().toString()));
    return of(all.toArray(String[]::new));
  }

  static CliRun of(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exit = Main.commandLine(arguments)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
    return new CliRun(exit, out.toString().strip(), err.toString());
  }

  CliRun done() {
    assertThat(exit).as("%s%s", out, err).isZero();
    return this;
  }

  CliRun refused(String... why) {
    assertThat(exit).as("%s%s", out, err).isEqualTo(Main.FAILED);
    assertThat(err).contains(why);
    return this;
  }

  JsonNode json() {
    try {
      return Api.JSON.readTree(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
