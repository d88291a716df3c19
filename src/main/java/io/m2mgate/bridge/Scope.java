package io.m2mgate.bridge;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The closed set of rights that a key can carry (application.md, Security). Immutable. */
public enum Scope {
  TERMINALS_READ("terminals:read"),
  DATA_READ("data:read"),
  DATA_WRITE("data:write"),
  CONTROL("control"),
  CONFIG_WRITE("config:write"),
  UPGRADE_WRITE("upgrade:write"),
  SECURITY_WRITE("security:write"),
  ADMIN("admin");

  private final String text;

  Scope(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public static Optional<Scope> parse(String text) {
    return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
  }

  /** The known ones of the texts; a stored scope that this release does not know gives no right. */
  public static Set<Scope> known(Collection<String> texts) {
    var known = EnumSet.noneOf(Scope.class);
    texts.forEach(text -> parse(text).ifPresent(known::add));
    return known;
  }

  /** What an application gets that names no scopes: all but {@code admin}. */
  public static Set<String> defaults() {
    return Arrays.stream(values())
        .filter(scope -> scope != ADMIN)
        .map(Scope::text)
        .collect(Collectors.toUnmodifiableSet());
  }

  public static List<String> texts() {
    return Arrays.stream(values()).map(Scope::text).toList();
  }
}
