package io.m2mgate.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.m2mgate.dictionary.Dictionary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The worked packets of the protocol description, for tests. */
public final class Vectors {
  public static final Dictionary DICTIONARY = Dictionary.load();
  public static final FrameDecoder DECODER = new FrameDecoder(DICTIONARY, 16_384);

  /** One worked packet. */
  public record Vector(String name, byte[] bytes, JsonNode inputs) {
    public Frame frame() throws MalformedFrame {
      return DECODER.frame(bytes, 0, bytes.length);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private Vectors() {}

  public static List<Vector> all() {
    try (var in = Vectors.class.getResourceAsStream("/vectors.json")) {
      var out = new ArrayList<Vector>();
      for (JsonNode v : new JsonMapper().readTree(in)) {
        out.add(new Vector(
            v.get("name").asText(), Bytes.unhex(v.get("hex").asText()), v.path("inputs")));
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Vector named(String name) {
    return all().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
  }
}
