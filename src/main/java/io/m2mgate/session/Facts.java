package io.m2mgate.session;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a terminal last told of itself and the path it was last heard on. Owned by the terminal's lane. */
public final class Facts {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int JSON_CHARS = 128;
  private static final String NOTHING = "{}";

  private static final String MODE = "mode";
  private static final String MODE_TOLD = "modeTold";
  private static final String WAKES = "wakes";

  /** For which wake-ups count. */
  private static final long WAKES_MILLIS = 86_400_000;

  private String softwareVersion = "";
  private int signal = -1;
  private int lac = -1;
  private int cell = -1;
  private String bearer = "";
  private String remote = "";
  private int expectedSeconds;
  private List<Long> wakes = List.of();
  private Optional<ConnectionMode> told = Optional.empty();
  private Optional<ConnectionMode> desired = Optional.empty();

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

  /** It said how it connects; empty when it said nothing that is known. */
  public void connects(Optional<ConnectionMode> mode) {
    told = mode;
  }

  /** It is to connect this way: counts until it says how it does. */
  public void toConnect(Optional<ConnectionMode> mode) {
    desired = mode;
  }

  /** How it connects by its own word. */
  public Optional<ConnectionMode> toldConnection() {
    return told;
  }

  /** It is asked by short message as soon as one came: it prefers that, or uses nothing else by its own word. */
  boolean byMessages(Profile profile) {
    return profile.prefer().equals(Origin.SMS)
        || told.filter(ConnectionMode.SMS::equals).isPresent();
  }

  /** By its own word, else as is desired, else by what it was heard by last. */
  public ConnectionMode connectionMode() {
    return told.isPresent()
        ? told.get()
        : desired.isPresent() ? desired.get() : ConnectionMode.by(bearer);
  }

  /** Seconds between heartbeats that are expected of it; 0 where none are. */
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

  /** When it was woken by short message within 24 hours, the oldest first. */
  public List<Long> wakes(long nowMillis) {
    return wakes.stream().filter(at -> nowMillis - at < WAKES_MILLIS).toList();
  }

  public void woken(long atMillis) {
    wakes = Stream.concat(wakes(atMillis).stream(), Stream.of(atMillis)).toList();
  }

  /** That one did not leave. */
  public void notWoken(long atMillis) {
    wakes = wakes.stream().filter(at -> at != atMillis).toList();
  }

  public String softwareVersion() {
    return softwareVersion;
  }

  /** Written member by member: two of these texts go with every login. */
  public String toJson() {
    StringWriter text = new StringWriter(JSON_CHARS);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot be written", e);
    }
    return text.toString();
  }

  private void write(JsonGenerator json) throws IOException {
    if (!softwareVersion.isEmpty()) {
      json.writeStringField("softwareVersion", softwareVersion);
    }
    if (signal >= 0) {
      json.writeNumberField("signal", signal);
    }
    if (lac >= 0) {
      json.writeNumberField("lac", lac);
      json.writeNumberField("cell", cell);
    }
    if (!bearer.isEmpty()) {
      json.writeStringField("bearer", bearer);
      json.writeStringField("remote", remote);
    }
    if (expectedSeconds > 0) {
      json.writeNumberField("heartbeatSeconds", expectedSeconds);
    }
    if (!bearer.isEmpty() || told.isPresent()) {
      json.writeStringField(MODE, connectionMode().text());
    }
    if (told.isPresent()) {
      json.writeBooleanField(MODE_TOLD, true);
    }
    if (!wakes.isEmpty()) {
      json.writeArrayFieldStart(WAKES);
      for (long at : wakes) {
        json.writeNumber(at);
      }
      json.writeEndArray();
    }
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
      List<Long> wakes = new ArrayList<>(0);
      node.path(WAKES).forEach(at -> wakes.add(at.asLong()));
      facts.wakes = List.copyOf(wakes);
      if (node.path(MODE_TOLD).asBoolean()) {
        facts.told = ConnectionMode.ofText(node.path(MODE).asText());
      }
      return facts;
    } catch (JsonProcessingException e) {
      return facts;
    }
  }
}
