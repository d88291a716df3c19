package io.m2mgate.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Webhooks as their owner uses them; signatures are checked by what Standard Webhooks says, not by what the gateway does. */
public record WebhookDesk(Api api) {
  private static final String BASE = "/v1/webhooks/";

  /** Makes one; gives its secret. */
  public String create(String name, WebhookReceiver receiver, Consumer<ObjectNode> more) {
    Api.Answer answer = put(name, receiver.url(), more);
    assertThat(answer.status()).as("put webhook: %s", answer.body()).isEqualTo(201);
    return answer.json().path("secret").asText();
  }

  public Api.Answer put(String name, String url, Consumer<ObjectNode> more) {
    ObjectNode body = Api.JSON.createObjectNode().put("url", url);
    more.accept(body);
    return api.call("PUT", BASE + name, body);
  }

  /** Only readings. */
  public static void readings(ObjectNode body) {
    body.putArray("types").add("m2m.data.up");
  }

  public JsonNode read(String name) {
    Api.Answer answer = api.get(BASE + name);
    assertThat(answer.status()).as("get webhook: %s", answer.body()).isEqualTo(200);
    return answer.json();
  }

  public JsonNode await(String name, String what, Predicate<JsonNode> fit) {
    return Await.value(what, Await.PATIENCE, () -> Optional.of(read(name)).filter(fit));
  }

  public Api.Answer post(String path, ObjectNode body) {
    return api.call("POST", BASE + path, body);
  }

  public static ObjectNode body() {
    return Api.JSON.createObjectNode();
  }

  public static byte[] key(String secret) {
    assertThat(secret).startsWith("whsec_");
    return Base64.getDecoder().decode(secret.substring("whsec_".length()));
  }

  /** Whether one of the signatures is by this secret. */
  public static boolean signed(WebhookReceiver.Hit hit, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
      String content =
          hit.header("webhook-id") + "." + hit.header("webhook-timestamp") + "." + hit.body();
      String expected = "v1,"
          + Base64.getEncoder()
              .encodeToString(mac.doFinal(content.getBytes(StandardCharsets.UTF_8)));
      return Arrays.asList(hit.header("webhook-signature").split(" ")).contains(expected);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
