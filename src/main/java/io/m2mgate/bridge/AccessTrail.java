package io.m2mgate.bridge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.m2mgate.bus.SecurityTrail;
import io.m2mgate.session.RefusalLog;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Enters into the audit who was refused and what ended by itself: of refusals one a minute for an application and a reason, so that
 * a client that tries again and again does not fill it. Safe for any thread.
 */
final class AccessTrail {

  private final SecurityTrail trail;
  private final RefusalLog told = new RefusalLog();

  AccessTrail(SecurityTrail trail) {
    this.trail = trail;
  }

  /**
   * @param app that is there; a made-up name is no target
   * @param keyId empty where none is known
   */
  void refused(
      String app, String reason, String keyId, Optional<InetAddress> from, long nowMillis) {
    synchronized (told) {
      if (!told.tell(app, reason, nowMillis)) {
        return;
      }
    }
    var detail = JsonNodeFactory.instance.objectNode().put("reason", reason);
    if (!keyId.isEmpty()) {
      detail.put("keyId", keyId);
    }
    from.ifPresent(address -> detail.put("from", address.getHostAddress()));
    trail.append("access.refuse", app, detail);
  }

  void ended(String action, String app, String member, String id) {
    trail.append(action, app, JsonNodeFactory.instance.objectNode().put(member, id));
  }
}
