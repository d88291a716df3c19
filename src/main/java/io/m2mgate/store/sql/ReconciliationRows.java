package io.m2mgate.store.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.store.Reconciliation;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Progress;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.Reconciliation.State;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.TerminalStore.TerminalFilter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How rows of reconciliations become records, and back. Stateless. */
final class ReconciliationRows {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String COLUMNS =
      "id, app, asked_by, criteria, rate, cap, dry_run, override_attempts, created, ends, state, reason, position, scanned,"
          + " capped, examined, waiting, asked, confirmed, drift, skipped, updated, finished";

  private static final int COUNTS_AT = 16;

  static final String SELECT = "SELECT " + COLUMNS + " FROM reconciliation";

  static final String INSERT = "INSERT INTO reconciliation (" + COLUMNS
      + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)";

  private static final String ITEM = "serial, state, reason, parameters, command, updated";

  static final String SELECT_ITEM = "SELECT " + ITEM + " FROM reconciled_terminal";

  static final String PUT_ITEMS =
      "INSERT INTO reconciled_terminal (reconciliation, " + ITEM + ") VALUES ";

  static final String ON_CONFLICT =
      " ON CONFLICT (reconciliation, serial) DO UPDATE SET state = excluded.state, reason = excluded.reason,"
          + " parameters = excluded.parameters, command = excluded.command, updated = excluded.updated";

  private ReconciliationRows() {}

  static List<Reconciliation> all(List<SqlRow> rows) {
    return rows.stream().map(ReconciliationRows::one).toList();
  }

  private static Reconciliation one(SqlRow row) {
    JsonNode criteria = read(row.text(3));
    String app = row.text(1);
    List<String> serials = new ArrayList<>();
    criteria.path("serials").forEach(serial -> serials.add(serial.asText()));
    Ask ask = new Ask(
        row.text(0),
        row.text(2),
        app,
        new TerminalFilter(
            Optional.of(app),
            text(criteria, "state").flatMap(TerminalState::parse),
            Optional.empty(),
            text(criteria, "profile"),
            text(criteria, "q")),
        serials,
        (int) row.number(4),
        (int) row.number(5),
        row.flag(6),
        row.flag(7),
        row.number(8),
        row.number(9));
    Map<Stage, Long> counts = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      counts.put(stage, row.number(COUNTS_AT + stage.ordinal()));
    }
    return new Reconciliation(
        ask,
        new Progress(
            State.parse(row.text(10)).orElseThrow(),
            row.text(11),
            row.text(12),
            row.flag(13),
            row.flag(14),
            row.number(15),
            counts,
            row.number(21),
            row.number(22)));
  }

  /** In the order of {@link #INSERT}. */
  static Object[] values(Reconciliation one) {
    Ask ask = one.ask();
    Progress progress = one.progress();
    return new Object[] {
      ask.id(),
      ask.app(),
      ask.by(),
      criteria(ask),
      (long) ask.ratePerSecond(),
      (long) ask.cap(),
      ask.dryRun() ? 1L : 0L,
      ask.overrideAttempts() ? 1L : 0L,
      ask.createdMillis(),
      ask.endsMillis(),
      progress.state().text(),
      progress.reason(),
      progress.afterSerial(),
      progress.scanned() ? 1L : 0L,
      progress.capped() ? 1L : 0L,
      progress.examined(),
      progress.count(Stage.WAITING),
      progress.count(Stage.ASKED),
      progress.count(Stage.CONFIRMED),
      progress.count(Stage.DRIFT),
      progress.count(Stage.SKIPPED),
      progress.updatedMillis(),
      progress.finishedMillis()
    };
  }

  private static String criteria(Ask ask) {
    ObjectNode node = JSON.createObjectNode();
    ask.filter().state().ifPresent(state -> node.put("state", state.text()));
    ask.filter().profile().ifPresent(profile -> node.put("profile", profile));
    ask.filter().query().ifPresent(query -> node.put("q", query));
    ask.serials().forEach(node.withArray("serials")::add);
    return node.toString();
  }

  static List<Item> items(List<SqlRow> rows) {
    return rows.stream()
        .map(row -> new Item(
            row.text(0),
            Stage.parse(row.text(1)).orElseThrow(),
            row.text(2),
            row.text(3).isEmpty() ? List.of() : List.of(row.text(3).split(" ")),
            row.text(4),
            row.number(5)))
        .toList();
  }

  /** In the order of {@link #PUT_ITEMS}. */
  static Object[] values(String id, Item item) {
    return new Object[] {
      id,
      item.serial(),
      item.stage().text(),
      item.reason(),
      String.join(" ", item.parameters()),
      item.command(),
      item.updatedMillis()
    };
  }

  private static Optional<String> text(JsonNode node, String name) {
    return Optional.ofNullable(node.path(name).textValue());
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("stored criteria are no JSON", e);
    }
  }
}
