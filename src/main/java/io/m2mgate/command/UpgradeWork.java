package io.m2mgate.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.bus.FileAsked;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.Session;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.UpgradePhase;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.ValueCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;

/**
 * DOWNLOAD_INFO and what follows it: it is told once where the file is, asks for it block by block, and is done when its version is
 * seen (clause 5.3.8).
 */
final class UpgradeWork implements CommandWork {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What some stacks send of their version in LOGIN. */
  private static final int SHORT_VERSION = 4;

  private final Dialect dialect;
  private final UpgradeOptions options;
  private final String url;
  private final long transaction;
  private final String version;
  private final String versionDescription;

  /** What the terminal ran before looks like the new version: seeing it means something only after a download. */
  private final boolean alike;

  private final UpgradeProgress progress;

  UpgradeWork(Dialect dialect, UpgradeOptions options, JsonNode body, String result) {
    this.dialect = dialect;
    this.options = options;
    this.url = body.path(CommandBody.URL).asText();
    if (url.isEmpty()) {
      throw new InvalidValue("url", "missing", "what the terminal is told");
    }
    this.transaction = body.path(CommandBody.TRANSACTION).asLong(-1);
    this.version = body.path(CommandBody.VERSION).asText();
    this.versionDescription = body.path(CommandBody.VERSION_DESCRIPTION).asText();
    this.alike = isNew(body.path(CommandBody.VERSION_BEFORE).asText());
    this.progress = new UpgradeProgress(body.path(CommandBody.SIZE).asLong(), result);
  }

  long transaction() {
    return transaction;
  }

  @Override
  public Command command() {
    return Command.DOWNLOAD_INFO;
  }

  @Override
  public byte[] body() {
    return new BodyWriter()
        .tlv(dialect.tags().upgradeUrl(), url.getBytes(StandardCharsets.US_ASCII))
        .toBytes();
  }

  @Override
  public boolean management() {
    return true;
  }

  @Override
  public boolean patient() {
    return true;
  }

  @Override
  public boolean idempotent() {
    return true;
  }

  @Override
  public CommandOutcome judge(Ack ack, long nowMillis) throws MalformedFrame {
    int code = ack.body().result();
    boolean taken = ack.command().results().success(code);
    CommandOutcome outcome = CommandOutcome.answer(
        taken ? State.ACKED : State.REJECTED, ack.command().results(), code);
    return entering(outcome, taken ? UpgradePhase.NOTIFIED : UpgradePhase.FAILED, nowMillis);
  }

  /**
   * What a FILE_REQ with its transaction makes of it; empty for no more than there was.
   *
   * @param acked it was answered before; else this is as good as its answer
   */
  Optional<CommandOutcome> asked(FileAsked asked, boolean acked) {
    long now = asked.atMillis();
    if (asked.step() == FileAsked.Step.ABORTED) {
      progress.because("the terminal gave the download up");
      return Optional.of(ended(State.FAILED, UpgradePhase.ABORTED, now));
    }
    boolean turns = progress.asked(asked);
    if (acked) {
      return turns ? Optional.of(stands(StoredCommand.NONE, now)) : Optional.empty();
    }
    return Optional.of(stands(dialect.command(command()).results().code("accepted"), now));
  }

  @Override
  public Optional<CommandOutcome> reported(
      Map<Integer, byte[]> values, LongPredicate sentAs, long nowMillis) {
    Tags tags = dialect.tags();
    Optional<String> running = value(values, tags.currentFileVersion(), String.class);
    if (running.filter(this::isPackage).isPresent() && (!alike || progress.downloaded())) {
      return Optional.of(succeeded(running.get(), nowMillis));
    }
    Optional<Integer> code = value(values, tags.alarmCode(), Integer.class)
        .filter(any -> value(values, tags.alarmStatus(), Integer.class).orElse(0) != 0);
    if (code.filter(dialect.alarms().updateFailed()::contains).isPresent()) {
      progress.because(alarm(code.get()));
      return Optional.of(ended(State.FAILED, UpgradePhase.FAILED, nowMillis));
    }
    if (code.filter(dialect.alarms().updateError()::contains).isPresent()) {
      progress.because(alarm(code.get()));
      progress.error(nowMillis);
      return Optional.of(stands(StoredCommand.NONE, nowMillis));
    }
    return Optional.empty();
  }

  private String alarm(int code) {
    return "the terminal raised the alarm "
        + dialect.tlv(dialect.tags().alarmCode()).values().nameOf(code);
  }

  private <T> Optional<T> value(Map<Integer, byte[]> values, int tag, Class<T> form) {
    return values.containsKey(tag)
        ? Optional.of(ValueCodec.decode(dialect.tlv(tag), values.get(tag)))
            .filter(form::isInstance)
            .map(form::cast)
        : Optional.empty();
  }

  /** A file that lies elsewhere is fetched unseen: its version may be all that is seen of it. */
  @Override
  public boolean shownByLogin() {
    return true;
  }

  @Override
  public Optional<CommandOutcome> loggedIn(Terminal terminal, long nowMillis) {
    Session session = terminal.confirmed().orElseThrow();
    String told = session.login().softwareVersion();
    String running = told.isEmpty() ? terminal.facts().softwareVersion() : told;
    boolean later =
        progress.downloaded() && session.token().openedMillis() >= progress.downloadedMillis();
    if (isNew(running)) {
      return !alike || later ? Optional.of(succeeded(running, nowMillis)) : Optional.empty();
    }
    boolean known = progress.is(UpgradePhase.INSTALLING) && progress.seen().equals(running);
    if (!later || known) {
      return Optional.empty();
    }
    progress.saw(running);
    progress.because("it logged in with another version");
    progress.enter(UpgradePhase.INSTALLING);
    return Optional.of(stands(StoredCommand.NONE, nowMillis));
  }

  private boolean isNew(String running) {
    boolean shortened = running.length() == SHORT_VERSION && version.startsWith(running);
    return isPackage(running) || shortened;
  }

  private boolean isPackage(String running) {
    return !running.isEmpty() && (running.equals(version) || running.equals(versionDescription));
  }

  @Override
  public Optional<CommandOutcome> overdue(boolean inSession, long nowMillis) {
    boolean installs = progress.is(UpgradePhase.DOWNLOADED) || progress.is(UpgradePhase.INSTALLING);
    if (installs && nowMillis - progress.downloadedMillis() >= options.installMillis()) {
      progress.because("the new version was not seen in time");
      return Optional.of(ended(State.FAILED, UpgradePhase.FAILED, nowMillis));
    }
    if (progress.errorMillis() > 0 && nowMillis - progress.errorMillis() >= options.errorMillis()) {
      return Optional.of(ended(State.FAILED, UpgradePhase.FAILED, nowMillis));
    }
    if (progress.is(UpgradePhase.DOWNLOADED) && !inSession) {
      progress.enter(UpgradePhase.INSTALLING);
      return Optional.of(stands(StoredCommand.NONE, nowMillis));
    }
    return Optional.empty();
  }

  @Override
  public Optional<ObjectNode> note(long nowMillis) {
    if (!progress.toBeNoted(nowMillis, options.noteMillis())) {
      return Optional.empty();
    }
    ObjectNode result = JSON.createObjectNode();
    progress.write(result, nowMillis);
    return Optional.of(result);
  }

  /** The offer stays until it expires. */
  @Override
  public boolean endures() {
    return true;
  }

  @Override
  public String awaited() {
    return "new version";
  }

  private CommandOutcome succeeded(String running, long nowMillis) {
    progress.saw(running);
    return ended(State.SUCCEEDED, UpgradePhase.SUCCEEDED, nowMillis);
  }

  private CommandOutcome ended(State state, UpgradePhase phase, long nowMillis) {
    return entering(CommandOutcome.seen(state, ""), phase, nowMillis);
  }

  private CommandOutcome entering(CommandOutcome outcome, UpgradePhase phase, long nowMillis) {
    progress.enter(phase);
    progress.write(outcome.result(), nowMillis);
    return outcome.because(phase.text());
  }

  /** Where it is now. */
  private CommandOutcome stands(int code, long nowMillis) {
    String phase = progress.phase().map(UpgradePhase::text).orElse("");
    CommandOutcome outcome = CommandOutcome.seen(State.ACKED, phase).coded(code);
    progress.write(outcome.result(), nowMillis);
    return outcome;
  }
}
