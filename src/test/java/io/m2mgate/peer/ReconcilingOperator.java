package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** An operator who reconciles the parameters of one application's terminals, over HTTP. */
public final class ReconcilingOperator {
  public static final String BASE = "/v1/admin/reconciliations";
  private static final Duration PATIENCE = Await.PATIENCE.multipliedBy(2);

  private final GatewayProcess gateway;
  private final String app;

  public ReconcilingOperator(GatewayProcess gateway, String app) {
    this.gateway = gateway;
    this.app = app;
  }

  /** All of the application's, and no more said. */
  public ObjectNode wish() {
    ObjectNode wish = Api.JSON.createObjectNode();
    wish.putObject("filter").put("app", app);
    return wish;
  }

  public Api.Answer ask(JsonNode wish) {
    return gateway.api().call("POST", BASE, wish);
  }

  /** Gives its id. */
  public String start(JsonNode wish) {
    Api.Full answer = gateway
        .api()
        .full(
            "POST",
            BASE,
            wish.toString().getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(202);
    String id = answer.answer().json().path("id").asText();
    assertThat(answer.headers()).containsEntry("location", BASE + "/" + id);
    return id;
  }

  public JsonNode record(String id) {
    return gateway.api().get(BASE + "/" + id + "?limit=1000").json();
  }

  public Api.Answer cancel(String id) {
    return gateway.api().call("POST", BASE + "/" + id + "/cancel", Api.JSON.createObjectNode());
  }

  public JsonNode awaitFinished(String id) {
    return await(id, "finished", record -> record.path("state").asText().equals("finished"));
  }

  public JsonNode awaitCounts(String id, String counts) {
    return await(id, counts, record -> counts(record).equals(counts));
  }

  private JsonNode await(String id, String what, Predicate<JsonNode> so) {
    JsonNode[] last = new JsonNode[1];
    try {
      Await.until("reconciliation: " + what, PATIENCE, () -> {
        last[0] = record(id);
        return so.test(last[0]);
      });
    } catch (AssertionError late) {
      throw new AssertionError(late.getMessage() + ", it is " + last[0], late);
    }
    return last[0];
  }

  /** Those that are not 0. */
  public static String counts(JsonNode record) {
    return record.path("counts").properties().stream()
        .filter(count -> count.getValue().asInt() > 0)
        .map(count -> count.getKey() + " " + count.getValue())
        .collect(Collectors.joining(", "));
  }

  /** By their serials. */
  public static Map<String, JsonNode> terminals(JsonNode record) {
    return StreamSupport.stream(record.path("terminals").spliterator(), false)
        .collect(Collectors.toMap(one -> one.path("serial").asText(), one -> one));
  }

  public static String reason(JsonNode record, Identity who) {
    return terminals(record).get(who.serial()).path("reason").asText();
  }
}
