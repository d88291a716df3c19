package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.Parameters.View;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoreFault;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Shows applications their terminals' parameters and takes what they want of them (6.1.12), whichever bridge it came by. Safe for
 * any thread; futures may complete on any.
 */
public final class ParameterDesk {

  /** So often somebody else may be quicker. */
  private static final int TRIES = 8;

  private final Store store;
  private final Parameters parameters;
  private final CommandReader reader;
  private final CommandDesk commands;
  private final Audits audits;

  public ParameterDesk(
      Store store, Parameters parameters, CommandReader reader, CommandDesk commands) {
    this.store = store;
    this.parameters = parameters;
    this.reader = reader;
    this.commands = commands;
    this.audits = new Audits(store.audit());
  }

  /**
   * @param view after the change
   * @param command that sends it; empty where nothing is to be sent
   */
  public record Changed(View view, Optional<StoredCommand> command) {}

  /**
   * What somebody wants of a terminal's parameters.
   *
   * @param values by name or tag, null for what is not desired any more; what is wrong with them is said as of a member
   *     {@code parameters}
   * @param confirm {@code reachability}, where it was said
   * @param key idempotency key of the command that comes of it, or empty
   */
  public record Wish(String serial, ObjectNode values, Optional<String> confirm, String key) {}

  /** Of a terminal of the caller's. Fails with {@link ProblemType#TERMINAL_UNKNOWN}. */
  public Future<View> view(Caller caller, String serial) {
    return commands.own(caller, serial).compose(row -> parameters.view(row.terminal()));
  }

  /**
   * Changes what is desired; durable when it completes. What commands before were to set and have not sent yet goes with the one
   * that this makes. Fails with a {@link Problem}, {@link InvalidRequest} or as the store does.
   *
   * @param wish what is wanted of which terminal
   * @param ifRevision that the caller knows; empty for whichever there is
   */
  public Future<Changed> patch(Caller caller, Wish wish, Optional<Long> ifRevision) {
    CommandDesk.mayElseThrow(caller, Type.CONFIGURE);
    return commands.own(caller, wish.serial()).compose(row -> {
      if (!row.terminal().enabled()) {
        return Problem.failed(ProblemType.TERMINAL_LOCKED, "an administrator disabled it");
      }
      return replayed(row.terminal(), wish.key())
          .compose(before -> before.isPresent()
              ? Future.succeededFuture(before.map(StoredCommand::head))
              : fresh(caller, row, wish, ifRevision))
          .compose(head -> changed(row.terminal(), head));
    });
  }

  private Future<Optional<Head>> fresh(
      Caller caller, TerminalRow row, Wish wish, Optional<Long> ifRevision) {
    ParameterPatch patch = ParameterPatch.read(
        reader,
        row.terminal(),
        caller.isAdministrator() ? "admin" : "application",
        wish.values(),
        wish.confirm(),
        wish.key());
    return patch(row, patch, ifRevision, TRIES)
        .recover(CommandDesk::refused)
        .compose(head -> audited(caller, wish.serial(), wish.values(), head).map(head));
  }

  /** What the same idempotency key made before. */
  private Future<Optional<StoredCommand>> replayed(TerminalRecord terminal, String key) {
    if (key.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    return store.commands().byKey(terminal.app(), key).map(found -> {
      found
          .filter(command -> !command.serial().equals(terminal.serial())
              || command.head().type() != Type.CONFIGURE)
          .ifPresent(other -> {
            throw Problem.of(
                ProblemType.IDEMPOTENCY_KEY_REUSED,
                "command " + other.id() + " was asked with this key, and otherwise");
          });
      return found;
    });
  }

  private Future<Optional<Head>> patch(
      TerminalRow row, ParameterPatch patch, Optional<Long> ifRevision, int tries) {
    return parameters.view(row.terminal()).compose(view -> {
      long revision = view.known().desired().revision();
      if (ifRevision.filter(known -> known != revision).isPresent()) {
        return Problem.failed(
            ProblemType.PRECONDITION_FAILED, "what is desired has another ETag by now");
      }
      ParameterPatch.Outcome outcome = patch.on(view.known(), parameters.sends());
      return parameters
          .replace(outcome.next(), row.terminal().serial(), outcome.others(), outcome.head())
          .compose(done -> done
              ? Future.succeededFuture(outcome.head())
              : again(row, patch, ifRevision, tries - 1));
    });
  }

  private Future<Optional<Head>> again(
      TerminalRow row, ParameterPatch patch, Optional<Long> ifRevision, int tries) {
    if (tries > 0) {
      return patch(row, patch, ifRevision, tries);
    }
    return Future.failedFuture(new StoreFault(
        StoreFault.Kind.UNAVAILABLE, "parameters", "too much changes at once, try again"));
  }

  private Future<Void> audited(
      Caller caller, String serial, ObjectNode values, Optional<Head> head) {
    JsonObject detail = new JsonObject().put("desired", new JsonObject(values.toString()));
    head.ifPresent(command -> detail.put("command", command.id()));
    return audits.append(caller, "parameters.patch", serial, detail);
  }

  private Future<Changed> changed(TerminalRecord terminal, Optional<Head> head) {
    Future<Optional<StoredCommand>> command = head.map(
            asked -> store.commands().read(asked.id(), Optional.empty()))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
    return command.compose(
        stored -> parameters.view(terminal).map(view -> new Changed(view, stored)));
  }

  /** The command once it has ended, or as it is when that takes longer than so many milliseconds. */
  public Future<StoredCommand> await(StoredCommand command, long millis) {
    return commands.await(command, millis);
  }
}
