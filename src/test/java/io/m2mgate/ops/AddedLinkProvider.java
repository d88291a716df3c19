package io.m2mgate.ops;

import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageLink;
import io.m2mgate.api.ShortMessageLinkProvider;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;

/** A link as somebody else would add it: takes every message and says what it was told. */
public final class AddedLinkProvider implements ShortMessageLinkProvider {

  @Override
  public String name() {
    return "added";
  }

  @Override
  public ShortMessageLink create(Map<String, String> settings, Vertx vertx) {
    if (!settings.containsKey("cmpp.account")) {
      throw new IllegalArgumentException("cmpp.account is needed in sms.optionsFile");
    }
    return new ShortMessageLink() {
      @Override
      public Future<Void> open(Receiver receiver) {
        receiver.state(true, "");
        return Future.succeededFuture();
      }

      @Override
      public Future<String> send(ShortMessage message) {
        return Future.succeededFuture(settings.get("cmpp.account") + settings.get("perSecond"));
      }

      @Override
      public Future<Void> close() {
        return Future.succeededFuture();
      }
    };
  }
}
