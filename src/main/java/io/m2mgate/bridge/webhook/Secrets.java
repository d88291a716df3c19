package io.m2mgate.bridge.webhook;

import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredWebhook;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Opens what the store holds sealed. Any thread. */
@FunctionalInterface
public interface Secrets {

  /** @throws RuntimeException where it does not open under the master key; its message says nothing of the value */
  byte[] open(String subject, String kind, byte[] sealed);

  /** What the webhook signs with. */
  default Signature signature(StoredWebhook of) {
    var sealed = of.secrets();
    return new Signature(
        open(of.id(), SecretKinds.WEBHOOK, sealed.sealed()),
        open(of.id(), SecretKinds.WEBHOOK, sealed.oldSealed()),
        sealed.oldUntilMillis());
  }

  /** What it sends with every request. */
  default Map<String, String> headers(StoredWebhook of) {
    Supplier<String> clear = () -> new String(
        open(of.id(), SecretKinds.WEBHOOK_HEADERS, of.headers().sealed()), StandardCharsets.UTF_8);
    Map<String, String> headers = new HashMap<>();
    if (of.headers().sealed().length > 0) {
      new JsonObject(clear.get())
          .forEach(one -> headers.put(one.getKey(), one.getValue().toString()));
    }
    return headers;
  }
}
