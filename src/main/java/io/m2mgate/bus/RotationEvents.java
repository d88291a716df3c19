package io.m2mgate.bus;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.api.EventTypes;
import io.m2mgate.session.UplinkMark;
import io.m2mgate.store.Change;
import io.m2mgate.store.Rotation;

/** The events that tell an application of its terminals' secrets: which and when, never what. Stateless. */
public final class RotationEvents {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RotationEvents() {}

  /** The rotation reached the state it is in. */
  public static Change state(String app, Rotation rotation, long nowMillis) {
    ObjectNode data = JSON.createObjectNode();
    data.put("rotation", rotation.id());
    data.put("state", rotation.state().text());
    data.put("origin", rotation.origin().text());
    rotation.kinds().stream().sorted().forEach(data.putArray("secrets")::add);
    if (!rotation.reason().isEmpty()) {
      data.put("reason", rotation.reason());
    }
    return event(app, rotation.serial(), EventTypes.KEY_ROTATION, data, nowMillis);
  }

  /**
   * A secret in force expires or has expired.
   *
   * @param type {@link EventTypes#KEY_EXPIRING} or {@link EventTypes#KEY_EXPIRED}
   * @param expires seconds since 1970
   */
  public static Change expiry(
      String app, String serial, String type, String secret, long expires, long nowMillis) {
    ObjectNode data = JSON.createObjectNode();
    data.put("secret", secret);
    data.put("expires", java.time.Instant.ofEpochSecond(expires).toString());
    return event(app, serial, type, data, nowMillis);
  }

  private static Change event(
      String app, String serial, String type, ObjectNode data, long nowMillis) {
    return new Change.AppendEvent(app, serial, type, nowMillis, data.toString(), UplinkMark.NONE);
  }
}
