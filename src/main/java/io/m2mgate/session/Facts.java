package io.m2mgate.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What a terminal last told of itself and the path it was last heard on. Owned by the terminal's lane. */
public final class Facts {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JSON_CHARS = 128;
  private static final String NOTHING = "{}";

  private String softwareVersion = "";
  private int signal = -1;
  private int lac = -1;
  private int cell = -1;
  private String bearer = "";
  private String remote = "";
  private int expectedSeconds;

  public void login(LoginFacts told) {
    if (!told.softwareVersion().isEmpty()) {
      softwareVersion = told.softwareVersion().intern();
    }
    radio(told.signal(), told.lac(), told.cell());
  }

  /** Negative values are not told and change nothing. */
  public void radio(int newSignal, int newLac, int newCell) {
    signal = newSignal >= 0 ? newSignal : signal;
    lac = newLac >= 0 ? newLac : lac;
    cell = newCell >= 0 ? newCell : cell;
  }

  public void path(Origin origin) {
    bearer = origin.bearer();
    remote = origin.remote();
  }

  /** Seconds between heartbeats that are expected of it. */
  public void expect(int seconds) {
    expectedSeconds = seconds;
  }

  public String bearer() {
    return bearer;
  }

  /** Where it was last verified, {@code 192.0.2.7:40112}; empty before the first time. */
  public String remote() {
    return remote;
  }

  /** A session was last verified at this address, whatever the port; also after that session has ended. */
  public boolean lastVerifiedAt(Origin origin) {
    return !remote.isEmpty()
        && bearer.equals(origin.bearer())
        && Origin.source(remote).equals(Origin.source(origin.remote()));
  }

  public String softwareVersion() {
    return softwareVersion;
  }

  /** Written by hand: two of these texts go with every login. */
  public String toJson() {
    StringBuilder json = new StringBuilder(JSON_CHARS).append('{');
    if (!softwareVersion.isEmpty()) {
      text(json, "softwareVersion", softwareVersion);
    }
    if (signal >= 0) {
      number(json, "signal", signal);
    }
    if (lac >= 0) {
      number(json, "lac", lac);
      number(json, "cell", cell);
    }
    if (!bearer.isEmpty()) {
      text(json, "bearer", bearer);
      text(json, "remote", remote);
    }
    if (expectedSeconds > 0) {
      number(json, "heartbeatSeconds", expectedSeconds);
    }
    return json.append('}').toString();
  }

  private static void number(StringBuilder json, String name, int value) {
    member(json, name).append(value);
  }

  private static void text(StringBuilder json, String name, String value) {
    member(json, name)
        .append('"')
        .append(JsonStringEncoder.getInstance().quoteAsString(value))
        .append('"');
  }

  private static StringBuilder member(StringBuilder json, String name) {
    return json.append(json.length() == 1 ? "\"" : ",\"").append(name).append("\":");
  }

  /** Text that is not an object of this form leaves everything untold. */
  public static Facts of(String json) {
    Facts facts = new Facts();
    if (json.equals(NOTHING)) {
      return facts;
    }
    try {
      JsonNode node = JSON.readTree(json);
      facts.softwareVersion = node.path("softwareVersion").asText("").intern();
      facts.signal = node.path("signal").asInt(-1);
      facts.lac = node.path("lac").asInt(-1);
      facts.cell = node.path("cell").asInt(-1);
      facts.bearer = node.path("bearer").asText("").intern();
      facts.remote = node.path("remote").asText("");
      return facts;
    } catch (JsonProcessingException e) {
      return facts;
    }
  }
}
