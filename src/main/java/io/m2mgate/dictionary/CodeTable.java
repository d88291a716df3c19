package io.m2mgate.dictionary;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The named values of one coded field, by code and by name. Immutable. */
public final class CodeTable {
  /** A table without values. */
  public static final CodeTable EMPTY = new CodeTable("none", List.of());

  private final String title;
  private final List<Code> codes;
  private final Map<String, Code> byName = new HashMap<>();
  private final Map<Integer, Code> byCode = new HashMap<>();

  CodeTable(String title, List<Code> codes) {
    this.title = title;
    this.codes = List.copyOf(codes);
    for (Code c : codes) {
      if (byName.put(c.name(), c) != null) {
        throw new DictionaryFault(title + ": the name " + c.name() + " is given twice");
      }
      if (byCode.put(c.code(), c) != null) {
        throw new DictionaryFault(title + ": the code " + c.code() + " is given twice");
      }
    }
  }

  /** All values, in the order of the data. */
  public List<Code> codes() {
    return codes;
  }

  public boolean isEmpty() {
    return codes.isEmpty();
  }

  /** The code of a name the program itself uses; a dialect that lacks it is broken, and that is said. */
  public int code(String name) {
    var c = byName.get(name);
    if (c == null) {
      throw new DictionaryFault(
          title + ": no value named " + name + ", there are " + byName.keySet());
    }
    return c.code();
  }

  /** The code of a name somebody else gave. */
  public OptionalInt find(String name) {
    var c = byName.get(name);
    return c == null ? OptionalInt.empty() : OptionalInt.of(c.code());
  }

  /** The value of a code. */
  public Optional<Code> find(int code) {
    return Optional.ofNullable(byCode.get(code));
  }

  /** The name of a code, or {@code code-N} for one without. */
  public String nameOf(int code) {
    var c = byCode.get(code);
    return c == null ? "code-" + Integer.toUnsignedString(code) : c.name();
  }

  /** Whether the code is known and means success. */
  public boolean success(int code) {
    var c = byCode.get(code);
    return c != null && c.success();
  }
}
