package io.m2mgate.store;

import io.m2mgate.peer.Await;
import io.m2mgate.peer.Signal;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A PostgreSQL server of a test's own, to be stopped, frozen and killed, on the same data and port throughout. One thread owns it. */
public final class PostgresInstance implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path data;
  private EmbeddedPostgres server;
  private final int port;

  private PostgresInstance(Path data) {
    this.data = data;
    this.server = launch(0);
    this.port = server.getPort();
  }

  /** Starts one whose data is in that directory, with fsync, and with commits that do not wait for it unless they are told to. */
  public static PostgresInstance in(Path directory) {
    return new PostgresInstance(directory.resolve("pg"));
  }

  private EmbeddedPostgres launch(int wanted) {
    try {
      EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
          .setDataDirectory(data)
          .setCleanDataDirectory(false)
          .setServerConfig("fsync", "on")
          .setServerConfig("synchronous_commit", "off")
          .setPGStartupWait(PATIENCE);
      if (wanted != 0) {
        builder.setPort(wanted);
      }
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "postgresql://postgres:postgres@localhost:" + port + "/postgres";
  }

  public int port() {
    return port;
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&password=postgres";
  }

  private ProcessHandle postmaster() {
    try {
      String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL to the postmaster and all its children: what is not on the disk is gone. */
  public PostgresInstance kill() {
    ProcessHandle postmaster = postmaster();
    var family = Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    Signal.KILL.toFamily(postmaster);
    Await.until(
        "end of the server", PATIENCE, () -> family.stream().noneMatch(PostgresInstance::runs));
    return this;
  }

  /** Whether the server has not ended by itself. */
  public boolean alive() {
    return Files.exists(data.resolve("postmaster.pid")) && runs(postmaster());
  }

  /** A killed child that nobody has waited for yet is over as well. */
  private static boolean runs(ProcessHandle process) {
    try {
      return process.isAlive()
          && !Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"))
              .contains(") Z ");
    } catch (IOException gone) {
      return false;
    }
  }

  /** SIGSTOP to all of it: connections stay, and nobody answers. */
  public PostgresInstance freeze() {
    Signal.STOP.toFamily(postmaster());
    return this;
  }

  /** SIGCONT to all of it. */
  public PostgresInstance thaw() {
    Signal.CONT.toFamily(postmaster());
    return this;
  }

  /** An orderly stop that waits for no client. */
  public PostgresInstance stop() {
    close();
    return this;
  }

  /** Starts it again after {@link #kill} or {@link #stop}. */
  public PostgresInstance restart() {
    close();
    server = launch(port);
    return this;
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
