package io.m2mgate.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The balances of a test run, one line each, in {@code ledger.txt} beside the jar; {@code scripts/test} shows it. Stateless. */
public final class LedgerBook {
  private LedgerBook() {}

  /**
   * What a ledger shows when nobody sends any more.
   *
   * @param ordeal what was done meanwhile
   * @param engine of the store
   * @param kills of processes, by SIGKILL
   */
  public record Balance(
      String ordeal,
      String engine,
      int kills,
      long acknowledged,
      long delivered,
      long lost,
      long duplicatesUnmarked,
      long reordered) {

    private String line() {
      return Stream.of(
              ordeal, engine, kills, acknowledged, delivered, lost, duplicatesUnmarked, reordered)
          .map(String::valueOf)
          .collect(Collectors.joining("\t", "", "\n"));
    }
  }

  /** Before it is judged, so that a bad one is in the book as well. */
  public static synchronized void enter(Balance balance) {
    Path book = Path.of(System.getProperty("m2mgate.jar", "target/m2mgate.jar"))
        .resolveSibling("ledger.txt");
    System.out.print("ledger: " + balance.line());
    try {
      Files.writeString(
          book,
          balance.line(),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
