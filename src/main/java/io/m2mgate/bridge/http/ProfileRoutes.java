package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Audits;
import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.m2mgate.bridge.Problems;
import io.m2mgate.bridge.ProfileCatalogue;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Optional;

/** {@code /admin/profiles}. Stateless but for its parts; on the bridge's event loop. */
final class ProfileRoutes {

  private static final String BASE = "/v1/admin/profiles";

  private final ProfileCatalogue profiles;
  private final Audits audits;

  ProfileRoutes(BridgeParts parts) {
    this.profiles = parts.profiles();
    this.audits = new Audits(parts.store().audit());
  }

  void add(Endpoints endpoints) {
    endpoints.on("listProfiles", this::list);
    endpoints.on("readProfile", this::read);
    endpoints.on("putProfile", this::put);
    endpoints.on("deleteProfile", this::delete);
  }

  private Future<Answer> list(Exchange exchange) {
    int limit = exchange.limit();
    var after = exchange.query("cursor").orElse("");
    if (!after.isEmpty() && !Forms.NAME.matcher(after).matches()) {
      throw Problems.badCursor();
    }
    var all = profiles.all();
    var names = all.keySet().stream()
        .filter(name -> name.compareTo(after) > 0)
        .sorted()
        .limit(limit + 1L)
        .toList();
    var items = new ArrayList<JsonObject>();
    names.stream().limit(limit).forEach(name -> items.add(shape(name, all.get(name))));
    var next = names.size() > limit ? Optional.of(names.get(limit - 1)) : Optional.<String>empty();
    return Future.succeededFuture(Answer.page(items, next));
  }

  private Future<Answer> read(Exchange exchange) {
    var name = exchange.path("name");
    return Optional.ofNullable(profiles.all().get(name))
        .map(profile -> Future.succeededFuture(Answer.ok(profile)))
        .orElseGet(() -> Problem.failed(ProblemType.PROFILE_UNKNOWN, "no profile of this name"));
  }

  private Future<Answer> put(Exchange exchange) {
    var name = exchange.path("name");
    if (!Forms.NAME.matcher(name).matches()) {
      throw InvalidRequest.at("", "the name in the path is not of the form", Forms.NAME_VALID);
    }
    refuseBuiltIn(name);
    var body = Fields.raw(RequestBody.of(exchange.routing()));
    boolean existed = profiles.all().containsKey(name);
    return profiles.put(name, body).compose(stored -> {
      return audits
          .append(exchange.caller(), "profile.put", name, body)
          .map(existed ? Answer.ok(stored) : Answer.created(BASE + "/" + name, stored));
    });
  }

  private Future<Answer> delete(Exchange exchange) {
    var name = exchange.path("name");
    refuseBuiltIn(name);
    return profiles
        .delete(name)
        .compose(deleted -> deleted
            ? audits
                .append(exchange.caller(), "profile.delete", name, new JsonObject())
                .map(Answer.NO_CONTENT)
            : Problem.failed(ProblemType.PROFILE_UNKNOWN, "no profile of this name"));
  }

  private void refuseBuiltIn(String name) {
    if (profiles.builtIn().contains(name)) {
      throw Problem.of(ProblemType.PROFILE_READ_ONLY, "put your own under another name");
    }
  }

  private JsonObject shape(String name, JsonObject profile) {
    return new JsonObject()
        .put("name", name)
        .put("builtIn", profiles.builtIn().contains(name))
        .put("profile", profile);
  }
}
