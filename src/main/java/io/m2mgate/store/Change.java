package io.m2mgate.store;

import io.m2mgate.session.SessionState;
import io.m2mgate.session.UplinkMark;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One durable change that a lane asks for; the changes of a {@link CommitUnit} become durable together or not at all. */
public sealed interface Change {

  String serial();

  /** The application whose log it may append to. */
  default Optional<String> log() {
    return Optional.empty();
  }

  /**
   * Appends an event to an application's log. Offset, per-terminal counter and id are given by the writer.
   *
   * @param type event type with its prefix, {@code m2m.data.up}
   * @param dataJson the event's data as JSON text
   * @param mark the request that caused it, or {@link UplinkMark#NONE}
   */
  record AppendEvent(
      String app, String serial, String type, long timeMillis, String dataJson, UplinkMark mark)
      implements Change {
    @Override
    public Optional<String> log() {
      return Optional.of(app);
    }
  }

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

    @Override
    public Optional<String> log() {
      return Optional.of(command.head().app());
    }
  }

  /** A command moves on. REJECTED when it has ended or is not there: whoever came first ended it, and nobody does so twice. */
  record StepCommand(String serial, String id, StoredCommand.Step step) implements Change {}

  /** Replaces what is desired of the terminal's parameters. REJECTED unless the stored version is the one before this. */
  record PutDesired(String serial, DesiredSet desired) implements Change {}

  /**
   * The terminal reports an alarm: it is opened, with the event {@code alarm.raised}, or the open one of this code counts up
   * without one.
   *
   * @param detailJson an object, what the event tells besides the alarm
   * @param maxOpen open ones that the terminal may have; one more is an event and no record
   */
  record RaiseAlarm(
      String app,
      String serial,
      StoredAlarm.Kind kind,
      long timeMillis,
      String detailJson,
      int maxOpen)
      implements Change {
    @Override
    public Optional<String> log() {
      return Optional.of(app);
    }
  }

  /**
   * Open alarms of the terminal end, each with the event {@code alarm.cleared}; nothing happens where none is open.
   *
   * @param codes which
   * @param elseAll all that are open, when none of those codes is
   * @param detailJson an object, what the events tell besides the alarm
   */
  record ClearAlarms(
      String app,
      String serial,
      Set<Integer> codes,
      boolean elseAll,
      StoredAlarm.Cause by,
      long timeMillis,
      String detailJson)
      implements Change {
    public ClearAlarms {
      codes = Set.copyOf(codes);
    }

    @Override
    public Optional<String> log() {
      return Optional.of(app);
    }
  }
}
