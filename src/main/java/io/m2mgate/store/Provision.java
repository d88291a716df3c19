package io.m2mgate.store;

import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.TerminalStore.TerminalPatch;
import java.util.function.Predicate;

/**
 * One terminal of a batch that is to be there afterwards.
 *
 * @param terminal the record to create when its serial is new
 * @param secrets that go with it
 * @param patch the members that were named, for a serial that is there; one that would change nothing is UNCHANGED
 * @param sameSecrets whether the named secrets are the stored ones; called on the store's thread, must not block
 * @param update whether a record that is there may be changed; else one that differs is TAKEN
 */
public record Provision(
    TerminalRecord terminal,
    SealedSecrets secrets,
    TerminalPatch patch,
    Predicate<SealedSecrets> sameSecrets,
    boolean update) {

  /** What became of a row. */
  public enum Outcome {
    CREATED,
    UPDATED,
    UNCHANGED,
    /** Another record has the member that {@link Result#subject} names. */
    TAKEN,
    /** There is no such application. */
    NO_APPLICATION
  }

  /**
   * @param subject {@code serial}, {@code imei}, {@code imsi} or {@code app} where it was refused, else empty
   */
  public record Result(Outcome outcome, String subject) {
    public static final Result CREATED = new Result(Outcome.CREATED, "");
    public static final Result UPDATED = new Result(Outcome.UPDATED, "");
    public static final Result UNCHANGED = new Result(Outcome.UNCHANGED, "");
    public static final Result NO_APPLICATION = new Result(Outcome.NO_APPLICATION, "app");

    public static Result taken(String member) {
      return new Result(Outcome.TAKEN, member);
    }
  }
}
