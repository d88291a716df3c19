package io.m2mgate.bridge.http;

import io.m2mgate.bridge.Fields;
import io.m2mgate.store.ApplicationStore.Relay;
import io.m2mgate.store.ApplicationStore.RelayPatch;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The member {@code relay} of an application: whose terminals may send to it and to its terminals. Stateless. */
final class RelayBody {

  static final String MEMBER = "relay";
  static final String ALWAYS = "always";
  static final String NEVER = "never";

  private static final String FROM = "from";
  private static final String QUEUE = "queue";
  private static final Pattern QUEUE_FORM = Pattern.compile(ALWAYS + "|" + NEVER);

  private RelayBody() {}

  /** What of it is to change; null puts all of it, or a member of it, back. */
  static RelayPatch patch(Fields body) {
    if (body.isNull(MEMBER)) {
      return new RelayPatch(Optional.of(Relay.CLOSED.from()), Optional.of(Relay.CLOSED.queues()));
    }
    return body.object(MEMBER, FROM, QUEUE)
        .map(relay -> new RelayPatch(from(relay), queues(relay)))
        .orElse(RelayPatch.NONE);
  }

  /** Of an application that is made. */
  static Relay read(Fields body) {
    RelayPatch given = patch(body);
    return new Relay(
        given.from().orElse(Relay.CLOSED.from()), given.queues().orElse(Relay.CLOSED.queues()));
  }

  private static Optional<Set<String>> from(Fields relay) {
    if (relay.isNull(FROM)) {
      return Optional.of(Relay.CLOSED.from());
    }
    return relay.listed(FROM, "a list of application codes").map(codes -> known(relay, codes));
  }

  /** The applications need not exist. */
  private static Set<String> known(Fields relay, List<String> codes) {
    for (int i = 0; i < codes.size(); i++) {
      if (!Forms.APP_CODE.matcher(codes.get(i)).matches()) {
        relay.fault(
            List.of(MEMBER, FROM, String.valueOf(i)), "not of the form", Forms.APP_CODE_VALID);
      }
    }
    return new HashSet<>(codes);
  }

  private static Optional<Boolean> queues(Fields relay) {
    return relay.isNull(QUEUE)
        ? Optional.of(Relay.CLOSED.queues())
        : relay.text(QUEUE, QUEUE_FORM, ALWAYS + " or " + NEVER).map(ALWAYS::equals);
  }
}
