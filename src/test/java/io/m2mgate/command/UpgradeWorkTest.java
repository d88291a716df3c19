package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.FileAsked;
import io.m2mgate.bus.FileAsked.Step;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.session.Resident;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.State;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UpgradeWorkTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long NOW = 1_700_000_000_000L;
  private static final UpgradeOptions OPTIONS = new UpgradeOptions(5_000, 60_000, 600_000);
  private static final int SIZE = 1_000;

  private final Resident resident = new Resident("PEER000000000001");
  private UpgradeWork work = work("");

  private static UpgradeWork work(String result) {
    ObjectNode body = JSON.createObjectNode();
    body.put(CommandBody.URL, "WMMP://h:1/f").put(CommandBody.TRANSACTION, 17);
    body.put(CommandBody.VERSION, "2.00").put(CommandBody.SIZE, SIZE);
    return new UpgradeWork(Dictionary.load().dialect(), OPTIONS, body, result);
  }

  private Optional<CommandOutcome> asked(Step step, long offset, int length, long at) {
    return work.asked(new FileAsked(resident, 17, step, offset, length, at), true);
  }

  private ObjectNode noted(long at) {
    return work.note(at).orElseThrow();
  }

  // Verifies that the first block is as good as the ack, that others tell nothing new, and that how
  // far it is counts without holes.
  @Test
  void counts() {
    FileAsked first = new FileAsked(resident, 17, Step.START, 0, 100, NOW);
    CommandOutcome outcome = work.asked(first, false).orElseThrow();
    assertThat(outcome.state()).isEqualTo(State.ACKED);
    assertThat(outcome.reason()).isEqualTo("downloading");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(asked(Step.CONTINUE, 300, 100, NOW + 1)).isEmpty();
    assertThat(asked(Step.CONTINUE, 100, 100, NOW + 2)).isEmpty();
    assertThat(work.note(NOW + 4_999)).isEmpty();
    ObjectNode noted = noted(NOW + 5_000);
    assertThat(noted.path(CommandBody.OFFSET).asLong()).isEqualTo(200);
    assertThat(noted.path(CommandBody.BYTES).asLong()).isEqualTo(300);
    assertThat(noted.path(CommandBody.BLOCKS).asLong()).isEqualTo(3);
    assertThat(work.note(NOW + 60_000)).as("nothing new").isEmpty();
    asked(Step.CONTINUE, 200, 800, NOW + 6_000);
    assertThat(noted(NOW + 12_000).path(CommandBody.RATE).asLong()).isPositive();
  }

  // Verifies that a download that begins anew is counted anew.
  @Test
  void beginsAnew() {
    asked(Step.START, 0, SIZE, NOW);
    CommandOutcome had = asked(Step.FINISHED, 0, 0, NOW).orElseThrow();
    assertThat(had.reason()).isEqualTo("downloaded");
    assertThat(asked(Step.FINISHED, 0, 0, NOW)).as("said again").isEmpty();
    CommandOutcome anew = asked(Step.START, 0, 10, NOW + 1).orElseThrow();
    assertThat(anew.reason()).isEqualTo("downloading");
    assertThat(anew.result().path(CommandBody.OFFSET).asLong()).isEqualTo(10);
    assertThat(anew.result().path(CommandBody.DOWNLOADED_AT).isNull()).isTrue();
  }

  // Verifies that a download without a new version ends in time, also where a restart lies between,
  // and that going away is told.
  @Test
  void installsInTime() {
    CommandOutcome had = asked(Step.FINISHED, 0, 0, NOW).orElseThrow();
    work = work(had.result().toString());
    assertThat(work.overdue(true, NOW + 1)).isEmpty();
    assertThat(work.overdue(false, NOW + 1).orElseThrow().reason()).isEqualTo("installing");
    assertThat(work.overdue(false, NOW + 599_999)).isEmpty();
    CommandOutcome end = work.overdue(false, NOW + 600_000).orElseThrow();
    assertThat(end.state()).isEqualTo(State.FAILED);
    assertThat(end.reason()).isEqualTo("failed");
    assertThat(end.result().path(CommandBody.CAUSE).asText()).contains("new version");
  }

  // Verifies that an alarm of an error ends it unless a block is asked for, that one of a failure
  // does at once, and that others, or one that is over, do nothing.
  @Test
  void alarms() {
    asked(Step.START, 0, 100, NOW);
    assertThat(work.reported(alarm(1, 0x0B), any -> true, NOW)).isEmpty();
    assertThat(work.reported(alarm(0, 0x1B), any -> true, NOW)).isEmpty();
    CommandOutcome error = work.reported(alarm(1, 0x0A), any -> true, NOW).orElseThrow();
    assertThat(error.state()).isEqualTo(State.ACKED);
    assertThat(error.code()).isEqualTo(StoredCommand.NONE);
    work = work(error.result().toString());
    assertThat(work.overdue(true, NOW + 59_999)).isEmpty();
    assertThat(work.overdue(true, NOW + 60_000).orElseThrow().state()).isEqualTo(State.FAILED);
    work = work(error.result().toString());
    asked(Step.CONTINUE, 100, 100, NOW + 30_000);
    assertThat(work.overdue(true, NOW + 100_000)).isEmpty();
    CommandOutcome failed =
        work.reported(alarm(1, 0x1B), any -> true, NOW + 100_000).orElseThrow();
    assertThat(failed.state()).isEqualTo(State.FAILED);
    assertThat(failed.result().path(CommandBody.CAUSE).asText()).contains("updateFailed");
  }

  private static Map<Integer, byte[]> alarm(int status, int code) {
    return Map.of(0x300B, new byte[] {(byte) status}, 0x300D, new byte[] {0, (byte) code});
  }
}
