package io.m2mgate.store;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.UplinkMark;
import java.util.List;

/** One durable change that a lane asks for; the changes of a {@link CommitUnit} become durable together or not at all. */
public sealed interface Change {

  String serial();

  /**
   * Appends an event to an application's log. Offset, per-terminal counter and id are given by the writer.
   *
   * @param type event type with its prefix, {@code m2m.data.up}
   * @param dataJson the event's data as JSON text
   * @param mark the request that caused it, or {@link UplinkMark#NONE}
   */
  record AppendEvent(
      String app, String serial, String type, long timeMillis, String dataJson, UplinkMark mark)
      implements Change {}

  /** Replaces the terminal's stored sessions. */
  record PutSession(String serial, SessionState state) implements Change {}

  /** Merges values that the terminal reported; a later one of the same tag replaces an earlier one. */
  record PutReported(String serial, List<ReportedValue> values) implements Change {
    public PutReported {
      values = List.copyOf(values);
    }
  }

  /** Replaces the terminal's synchronised parameters (TLV sync-tag-list and the values it lists), sealed. */
  record PutSyncList(String serial, byte[] sealed) implements Change {}

  /**
   * A command is asked. REJECTED when its application has one of the same idempotency key already, or when too many are open.
   *
   * @param maxOfTerminal open ones that the terminal may have
   * @param maxOfApplication open ones that the application may have
   */
  record CreateCommand(StoredCommand command, int maxOfTerminal, int maxOfApplication)
      implements Change {
    @Override
    public String serial() {
      return command.serial();
    }
  }

  /** A command moves on. REJECTED when it has ended or is not there: whoever came first ended it, and nobody does so twice. */
  record StepCommand(String serial, String id, StoredCommand.Step step) implements Change {}

  /** Replaces what is desired of the terminal's parameters. REJECTED unless the stored version is the one before this. */
  record PutDesired(String serial, DesiredSet desired) implements Change {}
}
