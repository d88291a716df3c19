package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks for commands of a running gateway's terminals by writing them into its embedded store, and has it look by changing the
 * terminal's record; reads what became of them there, and the events over HTTP.
 */
public final class CommandDesk {
  private static final List<String> ENDS =
      List.of("succeeded", "failed", "rejected", "expired", "timedOut", "cancelled", "unknown");

  private final GatewayProcess gateway;
  private final String app;
  private long lastId;
  private final AtomicInteger hints = new AtomicInteger();

  public CommandDesk(GatewayProcess gateway, String app) {
    this.gateway = gateway;
    this.app = app;
  }

  /** How a command is to be delivered. */
  public record Delivery(String mode, boolean high, boolean repeatable, Duration expiresIn) {
    public static final Delivery USUAL = new Delivery("queue", false, false, Duration.ofHours(24));

    public Delivery immediate() {
      return new Delivery("immediate", high, repeatable, expiresIn);
    }

    public Delivery first() {
      return new Delivery(mode, true, repeatable, expiresIn);
    }

    public Delivery again() {
      return new Delivery(mode, high, true, expiresIn);
    }

    public Delivery within(Duration time) {
      return new Delivery(mode, high, repeatable, time);
    }
  }

  /** Where a command stands. */
  public record Standing(
      String state, String reason, int attempts, long sequence, String resultText) {
    public JsonNode result() {
      try {
        return Api.JSON.readTree(resultText);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public String ask(Identity who, String type, String body) {
    return ask(who, type, body, Delivery.USUAL);
  }

  /** Asks, and has the gateway look. Gives the command's id. */
  public String ask(Identity who, String type, String body, Delivery how) {
    String id = put(who, type, body, how);
    hint(who);
    return id;
  }

  /** Asks without a word to the gateway. */
  public synchronized String put(Identity who, String type, String body, Delivery how) {
    lastId = Math.max(lastId + 1, System.currentTimeMillis() * 1000);
    String id = String.format("%026d", lastId);
    long now = System.currentTimeMillis();
    write(
        "INSERT INTO command (id, serial, app_id, type, origin, mode, wake, high, repeatable, body, idem_key,"
            + " request_hash, created, expires, state, reason, attempts, sequence, bearer, result_code, result,"
            + " updated, sent, acked, finished) SELECT ?, ?, id, ?, 'application', ?, 'none', ?, ?, ?, '', 0, ?, ?,"
            + " 'queued', '', 0, -1, '', -1, '', ?, 0, 0, 0 FROM application WHERE code = ?",
        id,
        who.serial(),
        type,
        how.mode(),
        how.high() ? 1 : 0,
        how.repeatable() ? 1 : 0,
        body,
        now,
        now + how.expiresIn().toMillis(),
        now,
        app);
    return id;
  }

  /** Ends it as an application that takes it back does. */
  public void cancel(Identity who, String id) {
    long now = System.currentTimeMillis();
    write(
        "UPDATE command SET state = 'cancelled', finished = ?, updated = ? WHERE id = ? AND finished = 0",
        now,
        now,
        id);
    hint(who);
  }

  /** Has the gateway look at the terminal's commands. */
  public void hint(Identity who) {
    ObjectNode patch = Api.JSON
        .createObjectNode()
        .put("msisdn", "1390000" + (1000 + hints.getAndIncrement() % 9000));
    Api.Answer answer = gateway.api().call("PATCH", "/v1/admin/terminals/" + who.serial(), patch);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  public Standing of(String id) {
    try (Connection db = open();
        PreparedStatement query = db.prepareStatement(
            "SELECT state, reason, attempts, sequence, result FROM command WHERE id = ?")) {
      query.setString(1, id);
      ResultSet row = query.executeQuery();
      assertThat(row.next()).as("command %s", id).isTrue();
      return new Standing(
          row.getString(1), row.getString(2), row.getInt(3), row.getLong(4), row.getString(5));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public Standing await(String id, String state) {
    return await(id, state, Await.PATIENCE);
  }

  public Standing await(String id, String state, Duration patience) {
    Await.until("command " + state, patience, () -> {
      String now = of(id).state();
      assertThat(ENDS.contains(now) && !now.equals(state))
          .as("ended %s instead of %s: %s", now, state, of(id))
          .isFalse();
      return now.equals(state);
    });
    return of(id);
  }

  /** The states that the events of a command tell, in their order. */
  public List<String> told(Api reader, Identity who, String id, int atLeast) {
    return reader
        .events(
            atLeast,
            event -> event.path("type").asText().equals("m2m.command.updated")
                && event.path("subject").asText().equals(who.serial())
                && event.path("data").path("id").asText().equals(id))
        .stream()
        .map(event -> event.path("data").path("state").asText())
        .toList();
  }

  /** Fails unless exactly one of the states is an end, the last. */
  public static void assertOneEnd(List<String> states) {
    assertThat(states.stream().filter(ENDS::contains)).as("ends in %s", states).hasSize(1);
    assertThat(ENDS).contains(states.get(states.size() - 1));
  }

  private void write(String sql, Object... values) {
    try (Connection db = open();
        PreparedStatement statement = db.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      assertThat(statement.executeUpdate()).as("rows of %s", sql).isEqualTo(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:" + gateway.dataDir().resolve("m2mgate.db") + "?busy_timeout=20000");
  }
}
