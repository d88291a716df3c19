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
 * @param overwriteSecrets whether secrets that a rotation or a registration gave the terminal may be changed too; else other ones are
 *     left out of the row
 */
public record Provision(
    TerminalRecord terminal,
    SealedSecrets secrets,
    TerminalPatch patch,
    Predicate<SealedSecrets> sameSecrets,
    boolean update,
    boolean overwriteSecrets) {

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
   * @param secretsKept the row's secrets were left out: the terminal was given others since it was provisioned
   */
  public record Result(Outcome outcome, String subject, boolean secretsKept) {
    public static final Result CREATED = new Result(Outcome.CREATED, "", false);
    public static final Result UPDATED = new Result(Outcome.UPDATED, "", false);
    public static final Result UNCHANGED = new Result(Outcome.UNCHANGED, "", false);
    public static final Result NO_APPLICATION = new Result(Outcome.NO_APPLICATION, "app", false);

    public static Result taken(String member) {
      return new Result(Outcome.TAKEN, member, false);
    }

    public Result keepingSecrets(boolean kept) {
      return new Result(outcome, subject, kept);
    }
  }
}
