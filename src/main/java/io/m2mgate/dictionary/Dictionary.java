package io.m2mgate.dictionary;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The protocol as data: the built-in dialect and the overlays of a directory, checked when loaded. Immutable, shared by
 * all threads. An overlay is a JSON merge patch (RFC 7386) on the data of the dialect it extends.
 */
public final class Dictionary {
  /** The built-in dialect. */
  public static final String DEFAULT = "wmmp-3";

  private static final List<String> RESOURCES = List.of("protocol", "commands", "tlv", "structs");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Map<String, Dialect> dialects;
  private final List<HeaderDef> headers;
  private final int minFrame;

  private Dictionary(Map<String, Dialect> dialects) {
    this.dialects = dialects;
    this.headers = unionOfHeaders(dialects);
    this.minFrame = headers.stream().mapToInt(HeaderDef::size).min().orElseThrow();
  }

  /** The built-in dialect alone. */
  public static Dictionary load() {
    var base = builtIn();
    var dialects = new LinkedHashMap<String, Dialect>();
    dialects.put(DEFAULT, new DialectReader(base).read());
    return new Dictionary(dialects);
  }

  /** The built-in dialect and the overlays {@code *.json} of a directory; a directory that does not exist holds none. */
  public static Dictionary load(Path dialectsDir) {
    if (!Files.isDirectory(dialectsDir)) {
      return load();
    }
    var overlays = new Overlays(builtIn());
    for (Path file : jsonFiles(dialectsDir)) {
      overlays.add(file);
    }
    return new Dictionary(overlays.resolve());
  }

  public Dialect dialect() {
    return dialects.get(DEFAULT);
  }

  public Optional<Dialect> dialect(String name) {
    return Optional.ofNullable(dialects.get(name));
  }

  /** The names of all dialects, the built-in one first. */
  public List<String> names() {
    return List.copyOf(dialects.keySet());
  }

  /**
   * The dialect of a terminal nothing is recorded about: by the longest prefix of its serial, else by the version in its
   * header, else the built-in one.
   */
  public Dialect dialectFor(String serial, int version) {
    var best = dialect();
    int length = 0;
    for (Dialect d : dialects.values()) {
      for (String prefix : d.serialPrefixes()) {
        if (prefix.length() > length && serial.startsWith(prefix)) {
          best = d;
          length = prefix.length();
        }
      }
    }
    return length > 0 ? best : dialectFor(version);
  }

  private Dialect dialectFor(int version) {
    for (Dialect d : dialects.values()) {
      for (HeaderDef h : d.headers()) {
        if (h.takes(version)) {
          return d;
        }
      }
    }
    return dialect();
  }

  /** Whether frames of that version can be read at all. */
  public boolean takesVersion(int version) {
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).takes(version)) {
        return true;
      }
    }
    return false;
  }

  /** The header layout of a version in any dialect; the built-in one for a version that none takes. */
  public HeaderDef header(int version) {
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).takes(version)) {
        return headers.get(i);
      }
    }
    return headers.get(0);
  }

  /** The shortest frame that any loaded header makes possible. */
  public int minFrame() {
    return minFrame;
  }

  private static List<HeaderDef> unionOfHeaders(Map<String, Dialect> dialects) {
    var out = new ArrayList<HeaderDef>();
    for (Dialect d : dialects.values()) {
      for (HeaderDef h : d.headers()) {
        for (HeaderDef o : out) {
          boolean sameShape = o.size() == h.size()
              && o.flagsOffset() == h.flagsOffset()
              && o.serialOffset() == h.serialOffset();
          if (!sameShape && (o.takes(h.version()) || h.takes(o.version()))) {
            throw new DictionaryFault("dialect " + d.name() + ": headers." + h.name()
                + ": another dialect has a different header for this version");
          }
        }
        out.add(h);
      }
    }
    return List.copyOf(out);
  }

  private static ObjectNode builtIn() {
    var merged = JSON.createObjectNode();
    for (String name : RESOURCES) {
      try (InputStream in = Dictionary.class.getResourceAsStream("/dictionary/" + name + ".json")) {
        if (in == null) {
          throw new DictionaryFault("/dictionary/" + name + ".json: not on the class path");
        }
        merged.setAll((ObjectNode) JSON.readTree(in));
      } catch (JsonProcessingException e) {
        throw new DictionaryFault("/dictionary/" + name + ".json: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return merged;
  }

  private static List<Path> jsonFiles(Path dir) {
    try (var files = Files.list(dir)) {
      return files
          .filter(f -> f.getFileName().toString().endsWith(".json"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The overlay files of one directory while they are being merged. */
  private static final class Overlays {
    private final ObjectNode base;
    private final Map<String, Path> files = new TreeMap<>();
    private final Map<String, ObjectNode> patches = new TreeMap<>();

    Overlays(ObjectNode base) {
      this.base = base;
    }

    void add(Path file) {
      try {
        var patch = JSON.readTree(Files.readAllBytes(file));
        var name = patch.path("name").asText("");
        if (!(patch instanceof ObjectNode object) || !name.matches("[a-z0-9][a-z0-9._-]*")) {
          throw new DictionaryFault(
              file + ": an overlay is an object with a name of lower-case letters and digits");
        }
        if (name.equals(DEFAULT) || patches.put(name, object) != null) {
          throw new DictionaryFault(file + ": the dialect " + name + " exists already");
        }
        files.put(name, file);
      } catch (JsonProcessingException e) {
        throw new DictionaryFault(
            file + ": " + e.getOriginalMessage() + " at line " + e.getLocation().getLineNr(), e);
      } catch (IOException e) {
        throw new DictionaryFault(file + ": " + e, e);
      }
    }

    Map<String, Dialect> resolve() {
      var out = new LinkedHashMap<String, Dialect>();
      out.put(DEFAULT, new DialectReader(base).read());
      for (String name : patches.keySet()) {
        try {
          out.put(name, new DialectReader(merged(name, new HashSet<>())).read());
        } catch (DictionaryFault e) {
          throw new DictionaryFault(files.get(name) + ": " + e.getMessage(), e);
        }
      }
      return out;
    }

    private ObjectNode merged(String name, Set<String> open) {
      if (name.equals(DEFAULT)) {
        return base.deepCopy();
      }
      var patch = patches.get(name);
      if (patch == null) {
        throw new DictionaryFault("extends: no dialect is named " + name);
      }
      if (!open.add(name)) {
        throw new DictionaryFault("extends: " + open + " extend each other");
      }
      var target = merged(patch.path("extends").asText(DEFAULT), open);
      target.putArray("serialPrefixes");
      return patch(target, patch);
    }

    private static ObjectNode patch(ObjectNode target, JsonNode patch) {
      patch.properties().forEach(e -> {
        var key = e.getKey();
        var value = e.getValue();
        if (value.isNull()) {
          target.remove(key);
        } else if (value.isObject()) {
          var old = target.get(key) instanceof ObjectNode o ? o : target.objectNode();
          target.set(key, patch(old, value));
        } else {
          target.set(key, value);
        }
      });
      return target;
    }
  }
}
