package io.m2mgate.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.ProfileCatalogue;
import io.m2mgate.session.ProfileReader.InvalidProfile;
import io.m2mgate.session.Profiles;
import io.m2mgate.store.ProfileStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's hand on the profiles: checks, stores, then puts them in force. May be used from any thread. */
final class ProfileAdmin implements ProfileCatalogue {

  private static final Logger LOG = LoggerFactory.getLogger(ProfileAdmin.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Profiles profiles;
  private final ProfileStore store;

  ProfileAdmin(Profiles profiles, ProfileStore store) {
    this.profiles = profiles;
    this.store = store;
  }

  /** Puts the stored profiles in force; one that no longer reads is left out and said. */
  Future<Void> load() {
    return store.all().map(all -> {
      all.forEach((name, json) -> {
        try {
          profiles.put(name, parse(json));
          warnWhenOff(name);
        } catch (InvalidProfile e) {
          LOG.error(
              "stored profile {} is not usable, its terminals get {}: {}",
              name,
              Profiles.DEFAULT,
              e.problems());
        }
      });
      return null;
    });
  }

  @Override
  public Map<String, JsonObject> all() {
    Map<String, JsonObject> bodies = new LinkedHashMap<>();
    profiles.bodies().forEach((name, body) -> bodies.put(name, new JsonObject(body.toString())));
    return bodies;
  }

  @Override
  public Set<String> names() {
    return profiles.bodies().keySet();
  }

  @Override
  public Set<String> builtIn() {
    return profiles.bodies().keySet().stream()
        .filter(Profiles::isBuiltIn)
        .collect(Collectors.toSet());
  }

  @Override
  public Future<JsonObject> put(String name, JsonObject body) {
    ObjectNode complete;
    try {
      complete = profiles.check(name, parse(body.encode()));
    } catch (InvalidProfile e) {
      return Future.failedFuture(new InvalidRequest(e.problems().stream()
          .map(problem ->
              InvalidRequest.Fault.of(problem.pointer(), problem.detail(), problem.valid()))
          .toList()));
    }
    return store.put(name, complete.toString()).map(stored -> {
      profiles.put(name, complete);
      warnWhenOff(name);
      return new JsonObject(complete.toString());
    });
  }

  @Override
  public Future<Boolean> delete(String name) {
    return store.delete(name).onSuccess(deleted -> profiles.remove(name));
  }

  private void warnWhenOff(String name) {
    if (profiles.get(name).digest() == io.m2mgate.session.Profile.DigestPolicy.OFF) {
      LOG.warn(
          "profile {} has digest \"off\": anybody can speak for its terminals; for laboratories only",
          name);
    }
  }

  private static ObjectNode parse(String json) {
    try {
      return (ObjectNode) JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON", e);
    }
  }
}
