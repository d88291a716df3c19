package io.m2mgate.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.store.UpgradePhase;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import java.nio.charset.StandardCharsets;

/** DOWNLOAD_INFO: it is told once where the file is, and is done when its version is seen (clause 5.3.8). */
final class UpgradeWork implements CommandWork {

  private final Dialect dialect;
  private final String url;

  UpgradeWork(Dialect dialect, JsonNode body) {
    this.dialect = dialect;
    this.url = body.path(CommandBody.URL).asText();
    if (url.isEmpty()) {
      throw new InvalidValue("url", "missing", "what the terminal is told");
    }
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
    UpgradePhase phase = taken ? UpgradePhase.NOTIFIED : UpgradePhase.FAILED;
    outcome.result().put(CommandBody.PHASE, phase.text());
    return outcome.because(phase.text());
  }

  @Override
  public String awaited() {
    return "new version";
  }
}
