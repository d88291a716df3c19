package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An application that asks for commands of its terminals over HTTP and sees what becomes of them. */
public final class CommandClient {
  private static final List<String> ENDS =
      List.of("succeeded", "failed", "rejected", "expired", "timedOut", "cancelled", "unknown");

  private final GatewayProcess gateway;
  private final String key;

  /** @param key of the application; it goes on after the gateway was started anew */
  public CommandClient(GatewayProcess gateway, String key) {
    this.gateway = gateway;
    this.key = key;
  }

  public Api api() {
    return gateway.api().as(key);
  }

  /** Asks, headers as name and value by turns; shows the answer whatever it is. */
  public Api.Full post(Identity who, String body, String... headers) {
    return post(who.serial(), body, headers);
  }

  public Api.Full post(String serial, String body, String... headers) {
    return api()
        .full(
            "POST",
            "/v1/terminals/" + serial + "/commands",
            body.getBytes(StandardCharsets.UTF_8),
            headers);
  }

  /** The command of a request that was taken. */
  public static JsonNode taken(Api.Full asked) {
    assertThat(asked.answer().status()).as(asked.answer().body()).isEqualTo(202);
    return asked.answer().json();
  }

  public static void refused(Api.Answer answer, int status, String problem) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:m2mgate:problem:" + problem);
  }

  /** Asks and gives the id of the command. */
  public String ask(Identity who, String body) {
    Api.Full asked = post(who, body);
    String id = taken(asked).path("id").asText();
    assertThat(asked.headers()).containsEntry("location", "/v1/commands/" + id);
    return id;
  }

  public String control(Identity who, String name) {
    return ask(who, "{\"type\":\"control\",\"control\":\"" + name + "\"}");
  }

  public String read(Identity who, String tag) {
    return ask(who, "{\"type\":\"read\",\"tags\":[\"" + tag + "\"]}");
  }

  public JsonNode of(String id) {
    Api.Answer answer = api().get("/v1/commands/" + id);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  public String state(String id) {
    return of(id).path("state").asText();
  }

  /** Waits for that state; fails at once when it ended otherwise. */
  public JsonNode await(String id, String state) {
    Await.until("command " + state, Await.PATIENCE, () -> {
      JsonNode now = of(id);
      String is = now.path("state").asText();
      assertThat(ENDS.contains(is) && !is.equals(state))
          .as("ended otherwise than %s: %s", state, now)
          .isFalse();
      return is.equals(state);
    });
    return of(id);
  }

  /** The states that its events tell, in their order. */
  public List<String> told(Identity who, String id, int atLeast) {
    return told(who.serial(), id, atLeast);
  }

  public List<String> told(String serial, String id, int atLeast) {
    return api()
        .events(
            atLeast,
            event -> event.path("type").asText().equals("m2m.command.updated")
                && event.path("subject").asText().equals(serial)
                && event.at("/data/id").asText().equals(id))
        .stream()
        .map(event -> event.at("/data/state").asText())
        .toList();
  }
}
