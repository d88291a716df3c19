package io.m2mgate.store.sql;

import io.m2mgate.store.StoredUpgrade;
import io.m2mgate.store.TerminalState;
import io.m2mgate.store.UpgradeItem;
import io.m2mgate.store.UpgradeStore.Standing;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How rows of campaigns become records. Stateless. */
final class UpgradeRows {

  static final String UPGRADE =
      "SELECT u.id, a.code, u.package_id, u.name, u.spec, u.created, u.created_by, u.state, u.reason, u.group_now,"
          + " u.groups_json, u.filled_to, u.forgiven, u.started, u.updated, u.finished"
          + " FROM upgrade u JOIN application a ON a.id = u.app_id";

  static final String ITEM_COLUMNS =
      "i.upgrade_id, i.serial, i.group_no, i.state, i.reason, i.attempts, i.not_before, i.command_id,"
          + " i.version_before, i.updated, i.finished";

  /** The application of an item's campaign. */
  static final String OWNER = "(SELECT u.app_id FROM upgrade u WHERE u.id = i.upgrade_id)";

  /** An item, its command if it is there, and its terminal's state while that is of the same application. */
  static final String STANDING = "SELECT " + CommandRows.COLUMNS + ", c.body, NULL, " + ITEM_COLUMNS
      + ", CASE WHEN t.app_id = " + OWNER
      + " THEN t.state END FROM upgrade_item i JOIN terminal t ON t.serial = i.serial"
      + " LEFT JOIN command c ON c.id = i.command_id AND i.command_id <> ''"
      + " LEFT JOIN application a ON a.id = c.app_id";

  private static final int ITEM_AT = 26;
  private static final int TERMINAL_AT = 37;

  private UpgradeRows() {}

  static StoredUpgrade upgrade(SqlRow row) {
    return new StoredUpgrade(
        row.text(0),
        row.text(1),
        row.text(2),
        row.text(3),
        row.text(4),
        row.number(5),
        row.text(6),
        new StoredUpgrade.Progress(
            StoredUpgrade.State.parse(row.text(7)).orElseThrow(),
            row.text(8),
            (int) row.number(9),
            sizes(row.text(10)),
            row.text(11),
            row.number(12),
            row.number(13),
            row.number(14),
            row.number(15)));
  }

  private static List<Integer> sizes(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",")).map(Integer::valueOf).toList();
  }

  static String sizes(List<Integer> sizes) {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** From its first column on. */
  static UpgradeItem item(SqlRow row, int at) {
    return new UpgradeItem(
        row.text(at),
        row.text(at + 1),
        (int) row.number(at + 2),
        UpgradeItem.State.parse(row.text(at + 3)).orElseThrow(),
        row.text(at + 4),
        (int) row.number(at + 5),
        row.number(at + 6),
        row.text(at + 7),
        row.text(at + 8),
        row.number(at + 9),
        row.number(at + 10));
  }

  static List<Standing> standings(List<SqlRow> rows) {
    return rows.stream()
        .map(row -> new Standing(
            item(row, ITEM_AT),
            row.isNull(0) ? Optional.empty() : Optional.of(CommandRows.command(row)),
            row.isNull(TERMINAL_AT)
                ? Optional.empty()
                : Optional.of(TerminalState.values()[(int) row.number(TERMINAL_AT)])))
        .toList();
  }
}
