package io.m2mgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.store.PostgresInstance;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload of terminals whose gateway loses its store in the middle. */
class ImportOutageIT {
  private static final int LINES = 12_000;
  private static final int LINES_BEFORE = 250;
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Pattern GO_ON = Pattern.compile("go on with --from-line (\\d+)");

  @TempDir
  Path directory;

  private GatewayProcess gateway;

  /** What a run of the command said. */
  private record Said(int exit, String out) {
    private long number(Pattern pattern) {
      return Long.parseLong(pattern
          .matcher(out)
          .results()
          .findFirst()
          .map((MatchResult found) -> found.group(1).replace(",", ""))
          .orElseThrow(() -> new AssertionError(out)));
    }
  }

  // Verifies that the loss of PostgreSQL ends an upload with the line that it reached, that what
  // was
  // told is there, and that it can go on from that line.
  @Test
  void goesOnWherePostgresWasLost() throws Exception {
    try (PostgresInstance database = PostgresInstance.in(directory);
        GatewayProcess started = GatewayProcess.start("store.url=" + database.url())) {
      gateway = started;
      Path fleet = fleet();
      var upload = begin(fleet);
      database.kill();
      long line = stopped(upload);
      database.restart();
      goOn(fleet, line);
    }
  }

  // Verifies the same of SQLite, when somebody else keeps it locked.
  @Test
  void goesOnWhereSqliteWasLost() throws Exception {
    try (GatewayProcess started = GatewayProcess.start()) {
      gateway = started;
      Path fleet = fleet();
      var upload = begin(fleet);
      long line;
      try (Connection lock = locked()) {
        line = stopped(upload);
        lock.rollback();
      }
      goOn(fleet, line);
    }
  }

  private Connection locked() throws SQLException {
    Connection lock =
        DriverManager.getConnection("jdbc:sqlite:" + gateway.dataDir().resolve("m2mgate.db"));
    lock.setAutoCommit(false);
    try (var statement = lock.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute("UPDATE application SET bytes = bytes");
    }
    return lock;
  }

  private Path fleet() throws IOException {
    gateway.api().createApplication("EC01");
    return Files.writeString(
        directory.resolve("fleet.csv"),
        IntStream.range(0, LINES)
            .mapToObj(Identity::numbered)
            .map(who -> String.join(
                ",", who.serial(), who.imei(), who.imsi(), "EC01", who.uplink(), who.downlink()))
            .collect(Collectors.joining(
                "\n", "serial,imei,imsi,app,uplinkPassword,downlinkPassword\n", "\n")));
  }

  private CompletableFuture<Said> begin(Path fleet) {
    var upload = CompletableFuture.supplyAsync(() -> transfer(fleet));
    Await.until("first lines", PATIENCE, () -> created() >= LINES_BEFORE);
    return upload;
  }

  private double created() {
    return gateway.api().metric("m2mgate_import_lines_total", "outcome=\"created\"");
  }

  private long stopped(CompletableFuture<Said> upload) throws Exception {
    Said said = upload.get(120, TimeUnit.SECONDS);
    assertThat(said.exit()).as(said.out()).isEqualTo(Main.FAILED);
    assertThat(said.out()).contains("stopped by the gateway", "store-unavailable");
    long line = said.number(GO_ON);
    assertThat(line).isBetween((long) LINES_BEFORE, (long) LINES);
    // The header is line 1, and what the upload was told is in.
    assertThat(created()).isEqualTo(line - 2);
    return line;
  }

  private void goOn(Path fleet, long line) {
    Await.until("store", PATIENCE, () -> gateway.api().get("/health/ready").status() == 200);
    Said rest = transfer(fleet, "--from-line", Long.toString(line));
    assertThat(rest.exit()).as(rest.out()).isEqualTo(Main.DONE);
    // A batch whose answer was lost is skipped now.
    assertThat(rest.number(Pattern.compile("([\\d,]+) created"))
            + rest.number(Pattern.compile("([\\d,]+) skipped")))
        .isEqualTo(LINES - (line - 2));
  }

  private Said transfer(Path fleet, String... more) {
    var args = new ArrayList<>(List.of(
        "terminals", "import", fleet.toString(), "--data-dir", gateway.dataDir().toString()));
    args.addAll(List.of(more));
    var out = new StringWriter();
    int exit = Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(new StringWriter()))
        .execute(args.toArray(String[]::new));
    return new Said(exit, out.toString());
  }
}
