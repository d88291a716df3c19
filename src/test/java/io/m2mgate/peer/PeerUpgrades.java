package io.m2mgate.peer;

import static io.m2mgate.peer.PeerBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Remote upgrades as an application asks for them and as a terminal is told, written from application.md and behaviour.md 5.3.8. */
public final class PeerUpgrades {
  public static final int DOWNLOAD_INFO = 0x000C;
  public static final int TAKEN = 1;
  public static final int FAILED = 5;
  private static final String BASE = "/v1/upgrades";
  private static final Pattern TRANSACTION = Pattern.compile("\\?TRANS_ID=([0-9A-F]{8})&");
  private static final int URL_TAG = 0x1001;

  private final Api app;

  public PeerUpgrades(Api app) {
    this.app = app;
  }

  /** A small package of this version. Gives what the gateway says of it. */
  public JsonNode upload(String name, String version) {
    byte[] content = (name + " " + version).getBytes(StandardCharsets.US_ASCII);
    var answer = app.full("POST", "/v1/packages?name=" + name + "&version=" + version, content)
        .answer();
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json();
  }

  public Api.Answer ask(ObjectNode request) {
    return app.call("POST", BASE, request);
  }

  /** Fails unless it was taken. Gives the campaign's id. */
  public String start(ObjectNode request) {
    Api.Answer answer = ask(request);
    assertThat(answer.status()).as(answer.body()).isEqualTo(202);
    return answer.json().path("id").asText();
  }

  public static ObjectNode request(JsonNode its, Identity... terminals) {
    return request(its, List.of(terminals));
  }

  public static ObjectNode request(JsonNode its, List<Identity> terminals) {
    ObjectNode request =
        Api.JSON.createObjectNode().put("package", its.path("id").asText());
    var serials = request.putArray("terminals");
    terminals.forEach(terminal -> serials.add(terminal.serial()));
    return request;
  }

  public static ObjectNode filtered(JsonNode its, String query) {
    ObjectNode request =
        Api.JSON.createObjectNode().put("package", its.path("id").asText());
    request.putObject("filter").put("q", query);
    return request;
  }

  public JsonNode show(String id) {
    return show(id, "");
  }

  /** @param query with its question mark, or empty */
  public JsonNode show(String id, String query) {
    Api.Answer answer = app.get(BASE + "/" + id + query);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  public JsonNode item(String id, Identity who) {
    Api.Answer answer = app.get(BASE + "/" + id + "/terminals/" + who.serial());
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  /** Pauses, resumes or cancels. */
  public Api.Answer tell(String id, String action) {
    return app.call("POST", BASE + "/" + id + "/" + action, Api.JSON.createObjectNode());
  }

  public JsonNode await(String id, String state) {
    return Await.value(
        "upgrade " + state,
        Await.PATIENCE,
        () -> Optional.of(show(id)).filter(shown -> shown.path("state").asText().equals(state)));
  }

  public JsonNode await(String id, Identity who, String state) {
    return Await.value(
        who.serial() + " " + state,
        Await.PATIENCE,
        () -> Optional.of(item(id, who))
            .filter(item -> item.path("state").asText().equals(state)));
  }

  /** Until the explanation has these words. */
  public JsonNode awaitWhy(String id, Identity who, String words) {
    return Await.value(
        who.serial() + ": " + words,
        Await.PATIENCE,
        () ->
            Optional.of(item(id, who)).filter(item -> item.path("why").asText().contains(words)));
  }

  public int count(String id, String state) {
    return show(id, "?limit=1").path("counts").path(state).asInt();
  }

  // What the terminal is told

  /** The announcement that comes, within a test's patience. */
  public static PeerFrame announcement(PeerTerminal terminal) {
    PeerFrame asked = terminal.readVerified();
    assertThat(asked.command()).as("command of %s", asked).isEqualTo(DOWNLOAD_INFO);
    return asked;
  }

  /** The announcement that has come by now, or does so soon. */
  public static Optional<PeerFrame> announcement(PeerTerminal terminal, Duration patience) {
    Optional<PeerFrame> asked = terminal.link().read(patience);
    asked.ifPresent(
        frame -> assertThat(frame.command()).as("command of %s", frame).isEqualTo(DOWNLOAD_INFO));
    return asked;
  }

  public static String url(PeerFrame announcement) {
    byte[] body = announcement.body();
    assertThat(body).hasSizeGreaterThan(4);
    byte[] url = java.util.Arrays.copyOfRange(body, 4, body.length);
    assertThat(body).isEqualTo(bytes().tlv(URL_TAG, url).toArray());
    return new String(url, StandardCharsets.US_ASCII);
  }

  public static int transaction(PeerFrame announcement) {
    Matcher found = TRANSACTION.matcher(url(announcement));
    assertThat(found.find()).as("TRANS_ID in %s", url(announcement)).isTrue();
    return Integer.parseInt(found.group(1), 16);
  }

  /** Reads the announcement and answers it. */
  public static PeerFrame answer(PeerTerminal terminal, int result) {
    PeerFrame asked = announcement(terminal);
    PeerCommands.ack(terminal, asked, result);
    return asked;
  }
}
