package io.m2mgate.store;

/**
 * The lanes' way to durability: one writer, group commit.
 *
 * <ol>
 *   <li>Batches of one lane are committed in the order in which they were handed over; so are the units within a batch.
 *   <li>A unit is COMMITTED only after the transaction that holds it is durable.
 *   <li>One unit's REJECTED does not touch the others of its group. When the group fails for a reason of the store, all of
 *       its units are UNAVAILABLE.
 *   <li>{@link #append} neither blocks nor throws; past its bound it gives UNAVAILABLE at once.
 * </ol>
 */
public interface Journal {
  void append(CommitBatch batch);
}
