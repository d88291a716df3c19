package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.EventTypes;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.Resident;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.CommitBatch;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Behaviour 5.3.10, of session keys. */
class KeyWarningsTest {
  private static final long BLOCKS = 10;
  private static final long SECOND = LaneFixture.NOW / 1000;

  private final ConcurrentLinkedQueue<CommitBatch> journal = new ConcurrentLinkedQueue<>();
  private final Terminal terminal = SampleTerminal.usual();
  private final Resident resident = new Resident(terminal.serial());
  private final Session session =
      terminal.open(terminal.keyring().current(), false, 1, LaneFixture.NOW);
  private LaneFixture fixture;
  private LaneFixture.OnLane on;

  @BeforeEach
  void open() {
    fixture = new LaneFixture(1, 1, journal::add);
    on = fixture.single();
    resident.arrived(terminal);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private SessionKey key(long expirySeconds) {
    SessionKey key = new SessionKey(CipherKind.TRIPLE_DES, new byte[16], expirySeconds);
    session.protect(key, new SealedKey(CipherKind.TRIPLE_DES, "", expirySeconds));
    return key;
  }

  private List<String> told(int looks) {
    on.run(() -> {
      KeyWarnings warnings = new KeyWarnings(on.its(), BLOCKS);
      for (int i = 0; i < looks; i++) {
        warnings.look(resident, terminal, session);
      }
    });
    on.run(() -> {});
    return journal.stream()
        .flatMap(batch -> batch.units().stream())
        .flatMap(unit -> unit.changes().stream())
        .map(change -> (Change.AppendEvent) change)
        .peek(event -> assertThat(event.type()).isEqualTo(EventTypes.KEY_EXPIRED))
        .map(Change.AppendEvent::dataJson)
        .toList();
  }

  // Verifies that a key past its time is told of once.
  @Test
  void tellsOfTime() {
    key(SECOND);

    assertThat(told(3)).hasSize(1).first().asString().contains("\"time\"", "\"sessionKey\"");
  }

  // Verifies that a key past its blocks is.
  @Test
  void tellsOfBlocks() {
    key(SECOND + 1).used((int) BLOCKS + 1);

    assertThat(told(3)).hasSize(1).first().asString().contains("\"blocks\"");
  }

  // Verifies that a good key is told nothing of, and neither is a session without one.
  @Test
  void keepsSilentOtherwise() {
    assertThat(told(1)).isEmpty();
    key(SECOND + 1).used((int) BLOCKS);

    assertThat(told(1)).isEmpty();
  }
}
