package io.m2mgate.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.bus.Ack;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.SimSecret;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.security.BaseKeyProof;
import io.m2mgate.security.ProvenSecret;
import io.m2mgate.session.Identity;
import io.m2mgate.session.SecretSet;
import io.m2mgate.session.SecretSet.Expiries;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredCommand.State;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * SECURITY_CONFIG that asks for digests of secrets and says whether the terminal has what the platform has; a digest goes no further,
 * for those of a few digits are as good as these (5.3.10). Codes of the SIM card are kept nowhere, so of them it only says that the
 * platform cannot tell.
 */
final class DigestsWork extends ReadWork {

  private static final String MATCHES = "matches";
  private static final String DIFFERS = "differs";
  private static final String UNKNOWN = "unknown";

  private final Collection<String> secrets;

  /** @param secrets kinds of {@link SecretKinds}, and members of {@link SimSecret} */
  DigestsWork(Dialect dialect, Collection<String> secrets, int maxRounds) {
    super(dialect, tags(dialect.tags(), secrets), "readDigests", maxRounds);
    this.secrets = secrets;
  }

  private static Set<Integer> tags(Tags tags, Collection<String> secrets) {
    Set<Integer> wanted = new LinkedHashSet<>();
    for (String secret : secrets) {
      SimSecret.of(secret)
          .map(it -> it.valueTag(tags))
          .or(() -> proven(secret).map(it -> it.valueTag(tags)))
          .ifPresent(wanted::add);
    }
    return wanted;
  }

  private static Optional<ProvenSecret> proven(String kind) {
    return switch (kind) {
      case SecretKinds.UPLINK_PASSWORD -> Optional.of(ProvenSecret.UPLINK_PASSWORD);
      case SecretKinds.DOWNLINK_PASSWORD -> Optional.of(ProvenSecret.DOWNLINK_PASSWORD);
      case SecretKinds.BASE_KEY -> Optional.of(ProvenSecret.BASE_KEY);
      default -> Optional.empty();
    };
  }

  @Override
  public boolean secret() {
    return true;
  }

  @Override
  CommandOutcome values(Ack ack, Body body, long nowMillis) throws MalformedFrame {
    Map<Integer, byte[]> told = new HashMap<>();
    for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
      told.putIfAbsent(tlvs.tag(), tlvs.bytes());
    }
    CommandOutcome answer =
        CommandOutcome.answer(State.SUCCEEDED, ack.command().results(), body.result());
    ObjectNode result = answer.result().putObject("secrets");
    for (String secret : secrets) {
      result.put(
          secret, proven(secret).map(it -> compared(ack.terminal(), it, told)).orElse(UNKNOWN));
    }
    listBad(answer.result());
    return answer;
  }

  private String compared(Terminal terminal, ProvenSecret kind, Map<Integer, byte[]> told) {
    byte[] digest = told.get(kind.digestTag(dialect().tags()));
    SecretSet current = terminal
        .confirmed()
        .flatMap(session -> terminal.keyring().find(session.token()))
        .orElseGet(terminal.keyring()::current)
        .secrets();
    Optional<SecretSet> pending = terminal.keyring().pending().map(Identity::secrets);
    if (digest == null || value(kind, current).length == 0) {
      return UNKNOWN;
    }
    boolean same = proves(kind, current, digest)
        || pending.filter(set -> proves(kind, set, digest)).isPresent();
    return same ? MATCHES : DIFFERS;
  }

  /** Terminals hash the expiry that they were given, or none at all. */
  private boolean proves(ProvenSecret kind, SecretSet set, byte[] digest) {
    BaseKeyProof proof = new BaseKeyProof();
    Tags tags = dialect().tags();
    byte[] value = value(kind, set);
    Expiries expiries = set.expiries();
    long expiry = switch (kind) {
      case UPLINK_PASSWORD -> expiries.uplink();
      case DOWNLINK_PASSWORD -> expiries.downlink();
      case BASE_KEY -> expiries.baseKey();
    };
    return proof.matches(tags, kind, value, expiry, digest)
        || proof.matches(tags, kind, value, BaseKeyProof.NEVER, digest)
        || kind == ProvenSecret.BASE_KEY
            && proof.matches(tags, kind, value, expiries.previousBaseKey(), digest);
  }

  private static byte[] value(ProvenSecret kind, SecretSet set) {
    return switch (kind) {
      case UPLINK_PASSWORD -> set.uplink();
      case DOWNLINK_PASSWORD -> set.downlink();
      case BASE_KEY -> set.baseKey();
    };
  }
}
