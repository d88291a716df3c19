package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.dictionary.TlvType;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Crc32;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import io.m2mgate.wire.ValueCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The parameters of one terminal: those that its dialect lets it be asked for, as its maker set them until somebody sets others. Owned
 * by the terminal's event loop; what its maker set is shared.
 */
final class TerminalModel {
  private static final String RELOGIN = "relogin";
  private static final int LONG_TEXT = 64;

  private final Factory factory;
  private final boolean syncs;
  private Map<Integer, byte[]> changed = Map.of();
  private String version = FrameForge.SOFTWARE_VERSION;

  /** What terminals of one kind are made with. Immutable. */
  static final class Factory {
    private final Dialect dialect;
    private final TreeMap<Integer, byte[]> values = new TreeMap<>();
    private final int syncCrc32;

    /** @param full texts are as long as they can be */
    Factory(Dialect dialect, boolean full) {
      this.dialect = dialect;
      for (TlvDef def : dialect.tlvs()) {
        if (def.readable() && !def.secret()) {
          values.put(def.tag(), made(def, full));
        }
      }
      byte[] list = new byte[0];
      TlvDef sync = dialect.tlv(dialect.tags().syncTagList());
      for (String tag : sync.defaultValue().split(" ")) {
        list = Arrays.copyOf(list, list.length + 2);
        Bytes.u16(list, list.length - 2, dialect.tlv(tag).orElseThrow().tag());
      }
      values.put(sync.tag(), list);
      TerminalModel untouched = new TerminalModel(this, true);
      this.syncCrc32 = Crc32.of(untouched.tlvs(untouched.synced()));
    }

    private static byte[] made(TlvDef def, boolean full) {
      try {
        if (!def.defaultValue().isEmpty()) {
          return ValueCodec.encode(def, def.defaultValue());
        }
      } catch (InvalidValue e) {
        // A default that only people can read: it is made up below.
      }
      boolean text = def.type() == TlvType.STRING;
      byte[] value =
          new byte[text && full ? Math.min(def.maxLength(), LONG_TEXT) : def.minLength()];
      if (text) {
        Arrays.fill(value, (byte) '0');
      }
      return value;
    }
  }

  /** @param syncs whether it has a list of tags that it synchronises with the platform */
  TerminalModel(Factory factory, boolean syncs) {
    this.factory = factory;
    this.syncs = syncs;
  }

  private Tags tags() {
    return factory.dialect.tags();
  }

  Optional<byte[]> value(int tag) {
    return Optional.ofNullable(changed.getOrDefault(tag, factory.values.get(tag)));
  }

  /** What it reports of itself; an alarm would say more than that. */
  Collection<Integer> monitored() {
    return factory.values.keySet().stream()
        .filter(tag -> tag != tags().alarmStatus())
        .toList();
  }

  /** Those that it cannot be asked for. */
  List<Integer> unknown(Collection<Integer> wanted) {
    return wanted.stream().filter(tag -> value(tag).isEmpty()).toList();
  }

  /** The TLVs of what it has of these. */
  byte[] tlvs(Collection<Integer> wanted) {
    BodyWriter out = new BodyWriter();
    wanted.forEach(tag -> value(tag).ifPresent(value -> out.tlv(tag, value)));
    return out.toBytes();
  }

  /**
   * Takes all of a CONFIG_SET, or nothing when a part of it is bad (5.3.9).
   *
   * @return the tags that are bad
   */
  List<Integer> set(Map<Integer, byte[]> values) {
    List<Integer> bad = new ArrayList<>();
    values.forEach((tag, value) -> {
      TlvDef def = factory.dialect.tlv(tag);
      if (!def.writable() || def.secret() || !def.known() || !def.fits(value.length)) {
        bad.add(tag);
      }
    });
    if (bad.isEmpty()) {
      changed = new HashMap<>(changed);
      changed.putAll(values);
    }
    return bad;
  }

  /** A change of these makes it log out and in again (5.2.2). */
  boolean logsInAgain(Collection<Integer> set) {
    return set.stream().anyMatch(tag -> factory.dialect.tlv(tag).effect().equals(RELOGIN));
  }

  void reset() {
    changed = Map.of();
  }

  /** What it says of its software in LOGIN. */
  String version() {
    return version;
  }

  /** It runs that from now on. */
  void install(String fresh) {
    version = fresh;
  }

  /** Of the TLVs that it synchronises; zero where it synchronises none (wire 5). */
  int syncCrc32() {
    if (!syncs) {
      return 0;
    }
    return changed.isEmpty() ? factory.syncCrc32 : Crc32.of(tlvs(synced()));
  }

  /** The TLVs that it synchronises, the list first where it is wanted. */
  byte[] syncTlvs(boolean withList) {
    List<Integer> wanted = new ArrayList<>(synced());
    if (withList) {
      wanted.add(0, tags().syncTagList());
    }
    return tlvs(wanted);
  }

  private List<Integer> synced() {
    byte[] list = value(tags().syncTagList()).orElse(new byte[0]);
    List<Integer> wanted = new ArrayList<>();
    for (int i = 0; i + 1 < list.length; i += 2) {
      wanted.add(Bytes.u16(list, i));
    }
    return wanted;
  }

  /** Values by tag, in the order of their TLVs. */
  static Map<Integer, byte[]> read(TlvReader tlvs) throws MalformedFrame {
    Map<Integer, byte[]> values = new LinkedHashMap<>();
    while (tlvs.next()) {
      values.putIfAbsent(tlvs.tag(), tlvs.bytes());
    }
    return values;
  }
}
