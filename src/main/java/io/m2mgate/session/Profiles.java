package io.m2mgate.session;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The profiles in force: the built-in ones and the operator's. A snapshot that any thread reads; changes replace it whole and
 * raise {@link #version()}, by which lanes see that they must look again.
 */
public final class Profiles {

  public static final String DEFAULT = "wmmp-3";
  private static final List<String> BUILT_IN = List.of(DEFAULT, "lenient");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Predicate<String> dialectExists;
  private final ObjectNode base;
  private volatile Snapshot snapshot;

  private record Snapshot(
      int version, Map<String, Profile> profiles, Map<String, ObjectNode> bodies) {}

  /** @throws ProfileReader.InvalidProfile when a built-in profile names what is not there */
  public Profiles(Predicate<String> dialectExists) {
    this.dialectExists = dialectExists;
    base = resource(DEFAULT);
    Map<String, Profile> profiles = new LinkedHashMap<>();
    Map<String, ObjectNode> bodies = new LinkedHashMap<>();
    for (String name : BUILT_IN) {
      ObjectNode body = resource(name);
      profiles.put(name, ProfileReader.read(name, base, body, dialectExists));
      bodies.put(name, ProfileReader.overlay(base, body));
    }
    snapshot = new Snapshot(0, profiles, bodies);
  }

  public static boolean isBuiltIn(String name) {
    return BUILT_IN.contains(name);
  }

  /** The profile of this name, or the default one where it is gone. */
  public Profile get(String name) {
    Map<String, Profile> profiles = snapshot.profiles;
    Profile found = profiles.get(name);
    return found != null ? found : profiles.get(DEFAULT);
  }

  public boolean exists(String name) {
    return snapshot.profiles.containsKey(name);
  }

  /** Grows with every change. */
  public int version() {
    return snapshot.version;
  }

  /** Complete bodies by name, in name order. */
  public Map<String, ObjectNode> bodies() {
    return new TreeMap<>(snapshot.bodies);
  }

  /**
   * The complete body that {@code body} stands for.
   *
   * @throws ProfileReader.InvalidProfile with all problems at once
   */
  public ObjectNode check(String name, ObjectNode body) {
    ProfileReader.read(name, base, body, dialectExists);
    return ProfileReader.overlay(base, body);
  }

  /** Puts a profile in force. The caller has stored it. */
  public synchronized void put(String name, ObjectNode body) {
    Profile profile = ProfileReader.read(name, base, body, dialectExists);
    Snapshot next = next();
    next.profiles.put(name, profile);
    next.bodies.put(name, ProfileReader.overlay(base, body));
    snapshot = next;
  }

  public synchronized void remove(String name) {
    Snapshot next = next();
    next.profiles.remove(name);
    next.bodies.remove(name);
    snapshot = next;
  }

  private Snapshot next() {
    return new Snapshot(
        snapshot.version + 1,
        new LinkedHashMap<>(snapshot.profiles),
        new LinkedHashMap<>(snapshot.bodies));
  }

  private static ObjectNode resource(String name) {
    String path = "/profiles/" + name + ".json";
    try (InputStream in = Profiles.class.getResourceAsStream(path)) {
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
