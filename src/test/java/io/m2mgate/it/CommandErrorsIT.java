package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused about commands and parameters, each with status, type, place and what would be valid (application.md, "Errors"). */
class CommandErrorsIT {
  private static final String APP = "ERR";
  private static final String CONTROL = "{\"type\":\"control\",\"control\":\"reboot\"}";
  private static final String PREFIX = "urn:m2mgate:problem:";

  private static GatewayProcess gateway;
  private static Api application;
  private static Identity who;

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start("commands.maxPerTerminal=2", "commands.maxPerApplication=3");
    application = gateway.api().createApplication(APP);
    who = gateway.api().createTerminal(Identity.fresh(), APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  private static Api.Full call(Api by, String method, String path, String body, String... headers) {
    return by.full(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static String commands(String query) {
    return "/v1/terminals/" + who.serial() + "/commands" + query;
  }

  /** RFC 9457, and each place one that is in the request: its body, its query or its headers. */
  private static JsonNode refused(
      Api.Full answer, int status, String type, String body, String query) {
    assertThat(answer.answer().status()).as(answer.answer().body()).isEqualTo(status);
    assertThat(answer.headers().get("content-type")).startsWith("application/problem+json");
    assertThat(answer.headers()).containsEntry("cache-control", "no-store");
    JsonNode problem = answer.answer().json();
    assertThat(problem.path("type").asText()).isEqualTo(PREFIX + type);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText()).isNotBlank();
    assertThat(problem.path("detail").asText()).isNotBlank();
    problem.path("errors").forEach(error -> {
      assertThat(error.path("detail").asText()).as(error.toString()).isNotBlank();
      assertThat(error.path("valid").asText()).as(error.toString()).isNotBlank();
      assertThat(error.has("pointer") ? inBody(body, error) : elsewhere(query, error))
          .as("%s is a place in %s %s", error, query, body)
          .isTrue();
    });
    return problem;
  }

  private static boolean inBody(String body, JsonNode error) {
    JsonNode sent = MissingNode.getInstance();
    try {
      sent = Api.JSON.readTree(body);
    } catch (java.io.IOException e) {
      return error.path("pointer").asText().isEmpty();
    }
    JsonPointer pointer = JsonPointer.compile(error.path("pointer").asText());
    JsonNode parent = pointer.head() == null ? sent : sent.at(pointer.head());
    boolean missing = parent.isObject() && error.path("detail").asText().contains("missing");
    return missing || !sent.at(pointer).isMissingNode();
  }

  private static boolean elsewhere(String query, JsonNode error) {
    return error.has("header") || query.contains(error.path("parameter").asText("?") + "=");
  }

  // Verifies that each place that is wrong is one of the request, whether a parameter was named or
  // numbered, and the word for reachability was said in the query or in the body.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | {\"type\":\"ship\"} | 422 | invalid-request",
        "'' | {\"type\":\"control\"} | 422 | invalid-request",
        "'' | {\"type\":\"control\",\"control\":\"explode\"} | 422 | value-out-of-range",
        "'' | {\"type\":\"control\",\"control\":7} | 422 | invalid-request",
        "'' | {\"type\":\"read\",\"names\":[\"no-such-thing\"]} | 422 | tag-not-allowed",
        "'' | {\"type\":\"read\",\"tags\":[\"0011\",\"E036\"]} | 422 | tag-not-allowed",
        "'' | {\"type\":\"configure\",\"parameters\":{\"0011\":\"x\"}} | 422 | tlv-invalid",
        "'' | {\"type\":\"configure\",\"parameters\":{\"0011\":4294967296}} | 422 | value-out-of-range",
        "'' | {\"type\":\"configure\",\"parameters\":{\"E025\":\"abcd1234\"}} | 422 | tag-not-allowed",
        "'' | {\"type\":\"configure\",\"parameters\":{\"0002\":\"a\",\"0007\":\"b\"}} | 428 | precondition-required",
        "'' | {\"type\":\"configure\",\"parameters\":{\"m2m-platform-apn\":\"a\"}} | 428 | precondition-required",
        "?confirm=maybe | {\"type\":\"configure\",\"parameters\":{\"0002\":\"a\"}} | 422 | invalid-request",
        "'' | {\"type\":\"configure\",\"parameters\":{\"0002\":\"a\"},\"confirm\":\"maybe\"} | 422 | invalid-request",
        "?confirm=reachability | {\"type\":\"read\",\"tags\":[\"0011\"]} | 422 | invalid-request",
        "?force=1 | {\"type\":\"read\",\"tags\":[\"0011\"]} | 422 | invalid-request",
        "'' | {\"type\":\"data\",\"payload\":\"??\"} | 422 | invalid-request",
        "'' | {\"type\":\"control\",\"control\":\"reboot\",\"delivery\":{\"wake\":\"bell\"}} | 422 | invalid-request",
        "'' | [] | 422 | invalid-request",
        "'' | {\"type\": | 400 | malformed-json",
      })
  void namesThePlace(String query, String body, int status, String type) {
    Api.Full answer = call(application, "POST", commands(query), body);
    JsonNode problem = refused(answer, status, type, body, query);
    assertThat(problem.path("errors").isEmpty()).isEqualTo(status == 400);
    assertThat(answer.answer().body()).doesNotContain("abcd1234");
  }

  // Verifies the same of what is wanted of parameters, whose body has them themselves.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | {\"0011\":\"x\"} | 422 | tlv-invalid",
        "'' | {\"0002\":\"a\"} | 428 | precondition-required",
        "'' | {\"heartbeat-interval\":1,\"0011\":null} | 422 | invalid-request",
        "?confirm=maybe | {\"0002\":\"a\"} | 422 | invalid-request",
        "'' | {} | 422 | invalid-request",
      })
  void namesThePlaceOfAParameter(String query, String body, int status, String type) {
    String path = "/v1/terminals/" + who.serial() + "/parameters" + query;
    JsonNode problem =
        refused(call(application, "PATCH", path, body, "If-Match", "*"), status, type, body, query);
    assertThat(problem.path("errors")).isNotEmpty();
  }

  // Verifies that what is wrong with data whose body is the payload is a parameter of the query.
  @ParameterizedTest
  @ValueSource(
      strings = {"mode=later", "wake=bell", "priority=great", "expiresIn=PT0S", "repeatable=maybe"})
  void namesTheParameterOfData(String query) {
    String path = "/v1/terminals/" + who.serial() + "/data?" + query;
    JsonNode problem = refused(
        call(application, "POST", path, "payload"), 422, "invalid-request", "payload", "?" + query);
    assertThat(problem.at("/errors/0/parameter").asText())
        .isEqualTo(query.substring(0, query.indexOf('=')));
  }

  // Verifies each of the parameters by which a terminal is reached, and that others need no word.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0002 | \"APN\"",
        "0007 | \"10657000\"",
        "0008 | \"m2m.example.net\"",
        "0009 | \"192.0.2.1\"",
        "000A | 9991",
        "4002 | 3",
      })
  void asksWhatCutsOffToBeConfirmed(String tag, String value) {
    String body = "{\"type\":\"configure\",\"parameters\":{\"" + tag + "\":" + value + "}}";
    JsonNode problem = refused(
        call(application, "POST", commands(""), body), 428, "precondition-required", body, "");
    assertThat(problem.at("/errors/0/pointer").asText()).isEqualTo("/parameters/" + tag);
    assertThat(problem.at("/errors/0/valid").asText()).isEqualTo("confirm=reachability");
  }

  // Verifies what is refused for who asks, for the terminal, for its key and for its state.
  @Test
  void refusesByStatus() {
    Api nobody = application.as("m2m_none_none");
    Api.Full anonymous = call(nobody, "POST", commands(""), CONTROL);
    refused(anonymous, 401, "unauthenticated", CONTROL, "");
    assertThat(anonymous.headers().get("www-authenticate")).startsWith("Bearer");
    Api other = gateway.api().createApplication("OTHER");
    refused(call(other, "POST", commands(""), CONTROL), 404, "terminal-unknown", CONTROL, "");
    gateway
        .api()
        .call(
            "PATCH",
            "/v1/admin/applications/OTHER",
            Api.JSON.createObjectNode().put("enabled", false));
    refused(call(other, "POST", commands(""), CONTROL), 403, "app-disabled", CONTROL, "");
    refused(call(application, "GET", "/v1/commands/01J", ""), 404, "command-unknown", "", "");
    String now = CONTROL.replace("}", ",\"delivery\":{\"mode\":\"immediate\"}}");
    refused(call(application, "POST", commands(""), now), 409, "terminal-offline", now, "");
    String parameters = "/v1/terminals/" + who.serial() + "/parameters";
    String beat = "{\"0011\":60}";
    refused(call(application, "PATCH", parameters, beat), 428, "precondition-required", beat, "");
    refused(
        call(application, "PATCH", parameters, beat, "If-Match", "\"7\""),
        412,
        "precondition-failed",
        beat,
        "");
    String spaced = "a b";
    JsonNode key = refused(
        call(application, "POST", commands(""), CONTROL, "Idempotency-Key", spaced),
        422,
        "invalid-request",
        CONTROL,
        "");
    assertThat(key.at("/errors/0/header").asText()).isEqualTo("Idempotency-Key");
  }

  // Verifies the bounds of a terminal and of an application, and that each says when to come again.
  @Test
  void refusesTooMuch() {
    Identity busy = gateway.api().createTerminal(Identity.fresh(), APP);
    Identity free = gateway.api().createTerminal(Identity.fresh(), APP);
    String path = "/v1/terminals/" + busy.serial() + "/commands";
    for (int i = 0; i < 2; i++) {
      assertThat(call(application, "POST", path, CONTROL).answer().status()).isEqualTo(202);
    }
    Api.Full full = call(application, "POST", path, CONTROL);
    refused(full, 429, "queue-full", CONTROL, "");
    assertThat(Integer.parseInt(full.headers().get("retry-after"))).isPositive();
    String elsewhere = "/v1/terminals/" + free.serial() + "/commands";
    assertThat(call(application, "POST", elsewhere, CONTROL).answer().status()).isEqualTo(202);
    Api.Full quota = call(application, "POST", elsewhere, CONTROL);
    refused(quota, 429, "quota-exceeded", CONTROL, "");
    assertThat(Integer.parseInt(quota.headers().get("retry-after"))).isPositive();
  }
}
