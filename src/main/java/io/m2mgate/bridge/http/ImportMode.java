package io.m2mgate.bridge.http;

import io.m2mgate.bridge.InvalidRequest;

/**
 * What an upload of terminals does with those that are there. Immutable.
 *
 * @param update changes the members that a line names; else one that differs fails
 * @param overwriteSecrets also secrets that the terminal was given since it was provisioned, which a file cannot know
 */
record ImportMode(boolean update, boolean overwriteSecrets) {

  static ImportMode of(Exchange exchange) {
    return new ImportMode(
        isSecond(exchange, "mode", "create", "upsert"),
        isSecond(exchange, "secrets", "keep", "overwrite"));
  }

  private static boolean isSecond(Exchange exchange, String query, String first, String second) {
    String asked = exchange.query(query).orElse(first);
    if (!asked.equals(first) && !asked.equals(second)) {
      throw InvalidRequest.at("?" + query, "no such " + query, first + ", " + second);
    }
    return asked.equals(second);
  }

  String text() {
    return update ? "upsert" : "create";
  }
}
