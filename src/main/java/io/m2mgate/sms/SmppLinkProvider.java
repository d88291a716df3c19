package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageLink;
import io.m2mgate.api.ShortMessageLinkProvider;
import io.vertx.core.Vertx;
import java.util.Map;

/** Makes the link {@code smpp}. Stateless. */
public final class SmppLinkProvider implements ShortMessageLinkProvider {

  /** For the service loader. */
  public SmppLinkProvider() {}

  @Override
  public String name() {
    return "smpp";
  }

  @Override
  public ShortMessageLink create(Map<String, String> settings, Vertx vertx) {
    SmppOptions options = SmppOptions.of(settings);
    return new SmppLink(
        options, new SmppConnections(options.tls(), options.times().connect()));
  }
}
