package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A signal to processes that a test started. */
public enum Signal {
  STOP,
  CONT,
  KILL;

  public void to(ProcessHandle process) {
    send(List.of(Long.toString(process.pid())));
  }

  /** Also to all that it started, as they are now. */
  public void toFamily(ProcessHandle process) {
    send(Stream.concat(Stream.of(process), process.descendants())
        .map(member -> Long.toString(member.pid()))
        .toList());
  }

  /** A child may have ended meanwhile, which {@code kill} reports and nobody minds: the first process counts. */
  private void send(List<String> pids) {
    var command = new ArrayList<String>(List.of("kill", "-" + name()));
    command.addAll(pids);
    try {
      int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
      assertThat(pids.size() > 1 ? 0 : exit).as("exit code of %s", command).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
