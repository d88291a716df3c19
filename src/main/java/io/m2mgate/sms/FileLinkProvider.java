package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageLink;
import io.m2mgate.api.ShortMessageLinkProvider;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Map;

/** Makes the link {@code file}. Stateless. */
public final class FileLinkProvider implements ShortMessageLinkProvider {

  /** For the service loader. */
  public FileLinkProvider() {}

  @Override
  public String name() {
    return "file";
  }

  @Override
  public ShortMessageLink create(Map<String, String> settings, Vertx vertx) {
    return new FileLink(
        vertx,
        new MessageFiles(
            Path.of(settings.get("file.dir")), Integer.parseInt(settings.get("file.keep"))),
        Long.parseLong(settings.get("file.pollMillis")));
  }
}
