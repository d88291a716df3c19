package io.m2mgate.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The addresses a running gateway is bound to; immutable, shared by all threads. In {@code endpoints.json} each is a URI
 * under its listener's name: {@code {"tcp":"tcp://127.0.0.1:9991","udp":…,"http":…,"mqtt":…}}; what is switched off is
 * absent.
 */
public record Endpoints(
    Optional<Endpoint> terminalTcp,
    Optional<Endpoint> terminalUdp,
    Optional<Endpoint> http,
    Optional<Endpoint> mqtt) {

  /** The name of the file in {@code data.dir}. */
  public static final String FILE_NAME = "endpoints.json";

  private static final TypeReference<Map<String, String>> SHAPE = new TypeReference<>() {};

  /**
   * One bound address.
   *
   * @param uri scheme, host and port, as in {@code tcp://127.0.0.1:9991}
   * @param host the address alone
   * @param port the port, never 0
   */
  public record Endpoint(String uri, String host, int port) {

    /** An address under a scheme; IPv6 addresses get their brackets in the URI. */
    public static Endpoint of(String scheme, String host, int port) {
      String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
      return new Endpoint(scheme + "://" + shown + ":" + port, host, port);
    }

    private static Endpoint parse(String uri) {
      URI parsed = URI.create(uri);
      return of(parsed.getScheme(), parsed.getHost().replaceAll("[\\[\\]]", ""), parsed.getPort());
    }
  }

  /** Nothing bound. */
  public static Endpoints none() {
    return new Endpoints(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Reads what a gateway wrote into its data directory. */
  public static Endpoints read(Path dataDir) throws IOException {
    Map<String, String> found =
        new ObjectMapper().readValue(Files.readAllBytes(dataDir.resolve(FILE_NAME)), SHAPE);
    return new Endpoints(
        Optional.ofNullable(found.get("tcp")).map(Endpoint::parse),
        Optional.ofNullable(found.get("udp")).map(Endpoint::parse),
        Optional.ofNullable(found.get("http")).map(Endpoint::parse),
        Optional.ofNullable(found.get("mqtt")).map(Endpoint::parse));
  }

  byte[] toJson() throws IOException {
    var bytes = new ByteArrayOutputStream();
    // Written by hand: building an object mapper would take 0.1 s of every start.
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      write(json, "tcp", terminalTcp);
      write(json, "udp", terminalUdp);
      write(json, "http", http);
      write(json, "mqtt", mqtt);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, String name, Optional<Endpoint> endpoint)
      throws IOException {
    if (endpoint.isPresent()) {
      json.writeStringField(name, endpoint.get().uri());
    }
  }

  /** The line that people see: {@code terminals tcp://… udp://…, applications http://…, mqtt://…}. */
  public String summary() {
    String terminals = Stream.of(terminalTcp, terminalUdp)
        .flatMap(Optional::stream)
        .map(Endpoint::uri)
        .collect(Collectors.joining(" "));
    String applications = Stream.of(http, mqtt)
        .flatMap(Optional::stream)
        .map(Endpoint::uri)
        .collect(Collectors.joining(", "));
    return "terminals " + (terminals.isEmpty() ? "none" : terminals) + ", applications "
        + applications;
  }
}
