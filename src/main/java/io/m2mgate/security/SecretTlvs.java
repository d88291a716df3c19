package io.m2mgate.security;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.SecretSet;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.wire.BodyWriter;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Passwords, base key and their expiries as TLVs, in ascending order of tags (wire 7, SECURITY_CONFIG). Stateless. */
public final class SecretTlvs {

  private SecretTlvs() {}

  /** Appends the secrets of these kinds and when they expire. */
  public static void write(
      BodyWriter body, Dialect dialect, SecretSet secrets, Collection<String> kinds) {
    ascending(dialect, secrets, tagsOf(dialect, kinds)).values().forEach(tlv -> tlv.accept(body));
  }

  /** Appends those of these tags that a set has. */
  public static void writeTags(
      BodyWriter body, Dialect dialect, SecretSet secrets, Set<Integer> tags) {
    ascending(dialect, secrets, tags).values().forEach(tlv -> tlv.accept(body));
  }

  /** The tags of these kinds: value and expiry. */
  public static Set<Integer> tagsOf(Dialect dialect, Collection<String> kinds) {
    Tags tags = dialect.tags();
    Set<Integer> all = new HashSet<>();
    for (String kind : kinds) {
      switch (kind) {
        case SecretKinds.UPLINK_PASSWORD -> {
          all.add(tags.uplinkPassword());
          all.add(tags.uplinkPasswordExpiry());
        }
        case SecretKinds.DOWNLINK_PASSWORD -> {
          all.add(tags.downlinkPassword());
          all.add(tags.downlinkPasswordExpiry());
        }
        default -> {
          all.add(tags.baseKey());
          all.add(tags.baseKeyExpiry());
        }
      }
    }
    return all;
  }

  private static TreeMap<Integer, Consumer<BodyWriter>> ascending(
      Dialect dialect, SecretSet secrets, Set<Integer> wanted) {
    Tags tags = dialect.tags();
    var expiries = secrets.expiries();
    var all = new TreeMap<Integer, Consumer<BodyWriter>>();
    all.put(tags.uplinkPassword(), body -> body.tlv(tags.uplinkPassword(), secrets.uplink()));
    all.put(
        tags.uplinkPasswordExpiry(),
        body -> body.tlvU32(tags.uplinkPasswordExpiry(), (int) expiries.uplink()));
    all.put(tags.downlinkPassword(), body -> body.tlv(tags.downlinkPassword(), secrets.downlink()));
    all.put(
        tags.downlinkPasswordExpiry(),
        body -> body.tlvU32(tags.downlinkPasswordExpiry(), (int) expiries.downlink()));
    all.put(tags.baseKey(), body -> body.tlv(tags.baseKey(), secrets.baseKey()));
    all.put(
        tags.baseKeyExpiry(), body -> body.tlvU32(tags.baseKeyExpiry(), (int) expiries.baseKey()));
    all.keySet().retainAll(wanted);
    return all;
  }
}
