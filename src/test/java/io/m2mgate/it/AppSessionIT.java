package io.m2mgate.it;

import static io.m2mgate.peer.RawHttp.bearer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Api.Answer;
import io.m2mgate.peer.Api.Full;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.MqttTap;
import io.m2mgate.peer.RawHttp;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Access tokens and sessions of applications, from their issue to their end. */
class AppSessionIT {
  private static final String STREAM = "/v1/events/stream";
  private static final String SELF = "/v1/application";
  private static final int TOKEN_SECONDS = 4;

  private static GatewayProcess gateway;
  private static Api admin;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("applications.sessions=3", "applications.tokens=5");
    admin = gateway.api();
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static ObjectNode json(String text) throws Exception {
    return (ObjectNode) Api.JSON.readTree(text);
  }

  private static String problem(Answer answer) {
    return answer.json().path("type").asText().replace("urn:m2mgate:problem:", "");
  }

  private static String basic(String app, String key) {
    return "Basic "
        + Base64.getEncoder().encodeToString((app + ":" + key).getBytes(StandardCharsets.UTF_8));
  }

  private static HttpResponse<String> token(String authorization, String... form) throws Exception {
    var body = new StringBuilder();
    for (int i = 0; i < form.length; i += 2) {
      body.append(i == 0 ? "" : "&")
          .append(form[i])
          .append('=')
          .append(URLEncoder.encode(form[i + 1], StandardCharsets.UTF_8));
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(
            gateway.endpoint("http").resolve("/v1/oauth2/token"))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(body.toString()));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private static Api issued(String app, Api key) throws Exception {
    HttpResponse<String> answer = token(basic(app, key.key()), "grant_type", "client_credentials");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return admin.as(json(answer.body()).path("access_token").asText());
  }

  private static String error(HttpResponse<String> answer) throws Exception {
    return answer.statusCode() + " " + json(answer.body()).path("error").asText();
  }

  private static JsonNode session(Api key, String body) throws Exception {
    Answer answer = key.call("POST", "/v1/sessions", json(body));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json();
  }

  // Verifies that a token is issued for a key by Basic and by the body, narrowed as asked, and
  // opens
  // what the key opens, over HTTP and MQTT; and that what is wrong is said in the words of the RFC.
  @Test
  void issuesTokens() throws Exception {
    Api key = admin.createApplication("oauth");
    String[] grant = {"grant_type", "client_credentials"};

    HttpResponse<String> answer = token(
        "",
        "grant_type",
        "client_credentials",
        "client_id",
        "oauth",
        "client_secret",
        key.key(),
        "scope",
        "data:read control");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    JsonNode issued = json(answer.body());
    assertThat(issued.path("token_type").asText()).isEqualTo("bearer");
    assertThat(issued.path("expires_in").asInt()).isEqualTo(3_600);
    assertThat(issued.path("scope").asText()).isEqualTo("control data:read");
    Api narrow = admin.as(issued.path("access_token").asText());
    assertThat(narrow.get("/v1/events").status()).isEqualTo(200);
    assertThat(problem(narrow.get("/v1/terminals"))).isEqualTo("scope-missing");
    assertThat(issued("oauth", key).get("/v1/terminals").status()).isEqualTo(200);
    new MqttTap(gateway.endpoint("mqtt"), "oauth", narrow.key(), 1).close();

    HttpResponse<String> wrong = token(basic("oauth", key.key() + "x"), grant);
    assertThat(error(wrong)).isEqualTo("401 invalid_client");
    assertThat(wrong.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(error(token(basic("demo", key.key()), grant))).isEqualTo("401 invalid_client");
    assertThat(error(token(basic("oauth", narrow.key()), grant))).isEqualTo("401 invalid_client");
    assertThat(error(token(basic("oauth", admin.key()), grant))).isEqualTo("401 invalid_client");
    assertThat(error(token("", grant))).isEqualTo("401 invalid_client");
    assertThat(error(token(basic("oauth", key.key()), "grant_type", "password")))
        .isEqualTo("400 unsupported_grant_type");
    assertThat(error(token(basic("oauth", key.key())))).isEqualTo("400 invalid_request");
    assertThat(error(token(
            basic("oauth", key.key()),
            "grant_type",
            "client_credentials",
            "client_secret",
            key.key())))
        .isEqualTo("400 invalid_request");
    assertThat(error(
            token(basic("oauth", key.key()), "grant_type", "client_credentials", "scope", "admin")))
        .isEqualTo("400 invalid_scope");
    assertThat(problem(admin.as("m2t_" + "A".repeat(43)).get(SELF))).isEqualTo("unauthenticated");
    assertThat(admin
            .get("/v1/admin/audit?action=access.refuse&target=oauth")
            .json()
            .path("items"))
        .hasSize(1);
  }

  // Verifies that tokens end with their key and with fewer scopes, that the oldest go, and that one
  // that was good is told from one that never was.
  @Test
  void revokesTokens() throws Exception {
    Api key = admin.createApplication("revoked");
    String keys = "/v1/admin/applications/revoked/keys";
    JsonNode second = admin.call("POST", keys, json("{}")).json();
    Api other = admin.as(second.path("apiKey").asText());
    Api ofSecond = issued("revoked", other);
    Api ofFirst = issued("revoked", key);
    assertThat(ofSecond.get(SELF).status()).isEqualTo(200);

    try (var stream = new RawHttp(admin.base(), "127.0.0.1", STREAM, bearer(ofSecond.key()))) {
      admin.delete(keys + "/" + second.path("keyId").asText());
      stream.rest();
    }
    assertThat(problem(ofSecond.get(SELF))).isEqualTo("session-expired");
    assertThat(ofFirst.get(SELF).status()).isEqualTo(200);
    JsonNode opened = session(key, "{}");
    assertThat(admin
            .call("PATCH", "/v1/admin/applications/revoked", json("{\"scopes\":[\"data:read\"]}"))
            .status())
        .isEqualTo(200);
    assertThat(problem(ofFirst.get(SELF))).isEqualTo("session-expired");
    assertThat(problem(admin.as(opened.path("token").asText()).get(SELF)))
        .isEqualTo("session-expired");
    assertThat(key.get(SELF).status()).isEqualTo(200);
    Api oldest = issued("revoked", key);
    for (int i = 0; i < 5; i++) {
      issued("revoked", key);
    }
    assertThat(problem(oldest.get(SELF))).isEqualTo("unauthenticated");
  }

  // Verifies that tokens and sessions are good over a kill, and sessions ended before it are not.
  @Test
  void outlivesAKill() throws Exception {
    Api key = admin.createApplication("killed");
    Api token = issued("killed", key);
    Api kept = admin.as(session(key, "{\"heartbeatSeconds\":600}").path("token").asText());
    JsonNode over = session(key, "{}");
    assertThat(key.delete("/v1/sessions/" + over.path("id").asText()).status()).isEqualTo(204);

    gateway.kill().restart();

    assertThat(token.get(SELF).status()).isEqualTo(200);
    JsonNode self = kept.get(SELF).json();
    assertThat(self.at("/presence/sessions").asInt()).isEqualTo(1);
    assertThat(self.at("/presence/online").asBoolean()).isTrue();
    assertThat(problem(admin.as(over.path("token").asText()).get(SELF)))
        .isEqualTo("session-expired");
  }

  // Verifies that a session says where its consumer stands, is heard by heartbeats, is nobody
  // else's, and ends with what it opened.
  @Test
  void opensAndEndsSessions() throws Exception {
    Api key = admin.createApplication("login");
    Api foreign = admin.createApplication("stranger");
    JsonNode made = session(key, "{\"consumer\":\"billing\",\"heartbeatSeconds\":60}");
    assertThat(made.path("offset").asLong()).isEqualTo(0);
    assertThat(key.get("/v1/consumers/billing").json().path("offset").asLong()).isEqualTo(0);
    String one = "/v1/sessions/" + made.path("id").asText();
    Api inSession = admin.as(made.path("token").asText());

    JsonNode beat = inSession.call("POST", one + "/heartbeat", json("{}")).json();
    assertThat(Instant.parse(beat.path("expires").asText()))
        .isAfterOrEqualTo(Instant.parse(made.path("expires").asText()));
    assertThat(Instant.parse(beat.path("time").asText()))
        .isBefore(Instant.parse(beat.path("expires").asText()));
    assertThat(key.get("/v1/sessions").json().path("items")).hasSize(1);
    assertThat(key.get("/v1/sessions").body()).doesNotContain(inSession.key());
    assertThat(problem(foreign.get(one))).isEqualTo("session-unknown");
    assertThat(problem(foreign.delete(one))).isEqualTo("session-unknown");
    assertThat(problem(foreign.call("POST", one + "/heartbeat", json("{}"))))
        .isEqualTo("session-unknown");
    assertThat(foreign.get("/v1/sessions").json().path("items")).isEmpty();
    assertThat(problem(inSession.call("POST", "/v1/sessions", json("{}"))))
        .isEqualTo("unauthenticated");
    try (var stream = new RawHttp(admin.base(), "127.0.0.1", STREAM, bearer(inSession.key()))) {
      assertThat(admin
              .get("/v1/admin/applications/login")
              .json()
              .at("/presence/taps/sse")
              .asInt())
          .isEqualTo(1);
      assertThat(inSession.delete(one).status()).isEqualTo(204);
      stream.rest();
    }
    assertThat(problem(inSession.get(SELF))).isEqualTo("session-expired");
    assertThat(problem(key.get(one))).isEqualTo("session-unknown");
  }

  // Verifies that credentials come by Basic or by the body as well, one at a time, and that so many
  // sessions are open and no more.
  @Test
  void takesCredentialsInThreeWays() throws Exception {
    Api key = admin.createApplication("ways");
    String body = "{\"clientId\":\"ways\",\"clientSecret\":\"" + key.key() + "\"}";
    URI sessions = gateway.endpoint("http").resolve("/v1/sessions");
    HttpClient client = HttpClient.newHttpClient();

    HttpResponse<String> inBody = client.send(
        HttpRequest.newBuilder(sessions).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
    assertThat(inBody.statusCode()).as(inBody.body()).isEqualTo(201);
    HttpResponse<String> byBasic = client.send(
        HttpRequest.newBuilder(sessions)
            .header("Authorization", basic("ways", key.key()))
            .POST(BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
    assertThat(byBasic.statusCode()).as(byBasic.body()).isEqualTo(201);
    assertThat(byBasic.headers().firstValue("Location").orElseThrow())
        .isEqualTo("/v1/sessions/" + json(byBasic.body()).path("id").asText());
    assertThat(problem(key.call("POST", "/v1/sessions", json(body)))).isEqualTo("invalid-request");
    session(key, "{\"scopes\":[\"data:read\"]}");
    Full full = key.full("POST", "/v1/sessions", new byte[0]);
    assertThat(problem(full.answer())).isEqualTo("quota-exceeded");
    assertThat(full.headers()).containsKey("retry-after");
    assertThat(problem(admin.call("POST", "/v1/sessions", json("{}"))))
        .isEqualTo("invalid-request");
  }

  // Verifies that a session without a heartbeat and a token past its time are over, with what they
  // opened, and are known for what they were after a kill.
  @Test
  void endsWithTime() throws Exception {
    try (var brief = GatewayProcess.start("applications.tokenSeconds=" + TOKEN_SECONDS)) {
      Api key = brief.api().createApplication("brief");
      Answer opened = key.call("POST", "/v1/sessions", json("{\"heartbeatSeconds\":1}"));
      Api silent = key.as(opened.json().path("token").asText());
      HttpResponse<String> answer = HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(key.base().resolve("/v1/oauth2/token"))
                  .header("Authorization", basic("brief", key.key()))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString("grant_type=client_credentials"))
                  .build(),
              BodyHandlers.ofString());
      Api token = key.as(json(answer.body()).path("access_token").asText());
      try (var ofSession = new RawHttp(key.base(), "127.0.0.1", STREAM, bearer(silent.key()));
          var ofToken = new RawHttp(key.base(), "127.0.0.1", STREAM, bearer(token.key()))) {
        assertThat(ofSession.status()).isEqualTo(200);
        assertThat(ofToken.status()).isEqualTo(200);
        ofSession.rest();
        ofToken.rest();
      }
      assertThat(problem(silent.get(SELF))).isEqualTo("session-expired");
      assertThat(problem(token.get(SELF))).isEqualTo("session-expired");
      assertThat(key.get(SELF).json().at("/presence/online").asBoolean()).isFalse();
      assertThat(brief.api().metric("m2mgate_applications", "state=\"offline\""))
          .isEqualTo(1);

      brief.kill().restart();

      assertThat(problem(silent.get(SELF))).isEqualTo("session-expired");
      assertThat(problem(token.get(SELF))).isEqualTo("session-expired");
      assertThat(brief
              .api()
              .get("/v1/admin/audit?action=session.expire&target=brief")
              .json()
              .path("items"))
          .hasSize(1);
    }
  }
}
