package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.Commands.Asked;
import io.m2mgate.bridge.Commands.Refused;
import io.m2mgate.bus.CommandEvents;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes what applications ask of their terminals, whichever bridge it came by: whose terminal it is, who may ask what, and what the
 * audit hears of it. Safe for any thread; futures may complete on any.
 */
public final class CommandDesk {

  /** Form of an idempotency key. */
  public static final Pattern KEY = Pattern.compile("[\\x21-\\x7E]{1,100}");

  public static final String KEY_VALID = "1..100 printable ASCII characters without spaces";

  private static final Map<Type, Scope> SCOPES = Map.of(
      Type.UPGRADE, Scope.UPGRADE_WRITE,
      Type.READ, Scope.TERMINALS_READ,
      Type.CONFIGURE, Scope.CONFIG_WRITE,
      Type.CONTROL, Scope.CONTROL,
      Type.DATA, Scope.DATA_WRITE,
      Type.SECURITY, Scope.SECURITY_WRITE,
      Type.SIM, Scope.SECURITY_WRITE);

  /** Business data is kept with its command and would bury what the audit is for. */
  private static final Set<Type> UNAUDITED = Set.of(Type.READ, Type.DATA);

  private final Store store;
  private final Commands commands;
  private final CommandReader reader;
  private final Audits audits;

  public CommandDesk(Store store, Commands commands, CommandReader reader) {
    this.store = store;
    this.commands = commands;
    this.reader = reader;
    this.audits = new Audits(store.audit());
  }

  /**
   * Asks for a command; durable when it completes. Fails with a {@link Problem}, {@link InvalidRequest} or as the store does.
   *
   * @param request with its {@code type}
   * @param key idempotency key, or empty
   */
  public Future<Asked> ask(Caller caller, String serial, ObjectNode request, String key) {
    Type type = CommandReader.type(request);
    mayElseThrow(caller, type);
    long hash = reader.hash(serial, request);
    return replay(caller.app(), serial, key, hash)
        .compose(before -> before
            .map(Future::succeededFuture)
            .orElseGet(() -> own(caller, serial)
                .compose(row -> anew(caller, row.terminal(), request, key, hash))))
        .recover(CommandDesk::refused)
        .compose(asked -> asked.replayed()
            ? Future.succeededFuture(asked)
            : audited(caller, "command." + type.text(), asked.command()).map(asked));
  }

  /** A key's first answer stands, whatever has become of the terminal since. */
  private Future<Optional<Asked>> replay(
      Optional<String> app, String serial, String key, long hash) {
    return app.map(code -> commands.replay(code, serial, key, hash))
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  private Future<Asked> anew(
      Caller caller, TerminalRecord terminal, ObjectNode request, String key, long hash) {
    String origin = caller.isAdministrator() ? "admin" : "application";
    Optional<String> unseen =
        caller.app().isPresent() ? Optional.empty() : Optional.of(terminal.app());
    return replay(unseen, terminal.serial(), key, hash).compose(before -> {
      if (before.isPresent()) {
        return Future.succeededFuture(before.get());
      }
      if (!terminal.enabled()) {
        return Future.failedFuture(
            Problem.of(ProblemType.TERMINAL_LOCKED, "an administrator disabled it"));
      }
      return complete(reader.read(request, terminal, origin, key)).compose(commands::create);
    });
  }

  /** Those that start the use of a set name it: that of the open rotation, if the terminal was given it. */
  private Future<StoredCommand.Head> complete(StoredCommand.Head head) {
    JsonObject body = new JsonObject(head.body());
    if (head.type() != Type.SECURITY
        || !CommandBody.ACTIVATE.equals(body.getString(CommandBody.OPERATION))) {
      return Future.succeededFuture(head);
    }
    return store
        .security()
        .openOf(head.serial())
        .map(open -> open.filter(it -> it.sentMillis() > 0))
        .compose(open -> open.map(it -> Future.succeededFuture(
                head.withBody(body.put(CommandBody.GENERATION, it.generation()).encode())))
            .orElseGet(() -> Future.failedFuture(Problem.of(
                ProblemType.ROTATION_NOT_SENT,
                "there is no open rotation whose set the terminal was given"))));
  }

  /** Ends a command before it has ended by itself. Fails with {@link ProblemType#COMMAND_ENDED} when it had. */
  public Future<StoredCommand> cancel(Caller caller, String id) {
    return one(caller, id).compose(command -> {
      mayElseThrow(caller, command.head().type());
      return commands
          .cancel(command)
          .map(done ->
              done.orElseThrow(() -> Problem.of(ProblemType.COMMAND_ENDED, "it has ended before")))
          .compose(done -> audited(caller, "command.cancel", done).map(done));
    });
  }

  /** The terminal is about to be deleted: its commands end, and are told of while it is there. */
  public Future<Void> endAll(String serial) {
    return commands.cancelAll(serial, Optional.empty(), "the terminal was deleted");
  }

  /** The terminal is an application's now: what others asked of it ends. Never fails: its lane ends what is left when it is next there. */
  public Future<Void> endOfOthers(String serial, String app) {
    return commands
        .cancelAll(serial, Optional.of(app), StoredCommand.HANDED_OVER)
        .otherwiseEmpty();
  }

  /** One of the caller's. Fails with {@link ProblemType#COMMAND_UNKNOWN}. */
  public Future<StoredCommand> one(Caller caller, String id) {
    return store
        .commands()
        .read(id, caller.app())
        .map(found -> found.orElseThrow(() ->
            Problem.of(ProblemType.COMMAND_UNKNOWN, "no command of this id is the caller's")));
  }

  /** A terminal of the caller's. Fails with {@link ProblemType#TERMINAL_UNKNOWN}. */
  public Future<TerminalRow> own(Caller caller, String serial) {
    return store
        .terminals()
        .read(serial, caller.app())
        .map(found -> found.orElseThrow(Problems::unknownTerminal));
  }

  /** The command once it has ended, or as it is when that takes longer than so many milliseconds. */
  public Future<StoredCommand> await(StoredCommand command, long millis) {
    return commands.await(command, millis);
  }

  /** As its application sees it. */
  public JsonObject shape(StoredCommand command) {
    return new JsonObject(CommandEvents.shape(command, reader.usualDialect()).toString());
  }

  static void mayElseThrow(Caller caller, Type type) {
    Scope scope = SCOPES.get(type);
    if (!caller.may(scope)) {
      throw Problem.of(ProblemType.SCOPE_MISSING, "the key needs the scope " + scope.text());
    }
  }

  private Future<Void> audited(Caller caller, String action, StoredCommand command) {
    Type type = command.head().type();
    return UNAUDITED.contains(type)
        ? Future.succeededFuture()
        : audits.append(
            caller,
            action,
            command.serial(),
            new JsonObject()
                .put("command", command.id())
                .put("request", new JsonObject(command.head().body())));
  }

  static <T> Future<T> refused(Throwable cause) {
    return Future.failedFuture(cause instanceof Refused refused ? problem(refused) : cause);
  }

  private static Problem problem(Refused refused) {
    return switch (refused.why()) {
      case KEY_REUSED -> Problem.of(ProblemType.IDEMPOTENCY_KEY_REUSED, refused.getMessage());
      case QUEUE_FULL ->
        Problem.of(ProblemType.QUEUE_FULL, refused.getMessage()).with("Retry-After", "60");
      case QUOTA ->
        Problem.of(ProblemType.QUOTA_EXCEEDED, refused.getMessage()).with("Retry-After", "60");
      case OFFLINE -> Problem.of(ProblemType.TERMINAL_OFFLINE, refused.getMessage());
      case NOT_REGISTERED -> Problem.of(ProblemType.TERMINAL_NOT_REGISTERED, refused.getMessage());
    };
  }

  /** An idempotency key as somebody gave it. Fails with {@link InvalidRequest}. */
  public static String key(Optional<String> given, String pointer) {
    given.filter(text -> !KEY.matcher(text).matches()).ifPresent(text -> {
      throw InvalidRequest.at(pointer, "not of the form", KEY_VALID);
    });
    return given.orElse("");
  }
}
