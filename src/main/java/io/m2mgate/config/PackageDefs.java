package io.m2mgate.config;

import static io.m2mgate.config.SettingForms.count;

import java.util.List;

/** The settings of packages, as data; stateless. */
final class PackageDefs {

  /** Offsets of FILE_REQ have 32 bits, of which the highest value means none. */
  private static final long MOST = 4_294_967_294L;

  private PackageDefs() {}

  static void add(List<SettingDef> defs) {
    defs.add(new SettingDef(
        "packages.maxBytes",
        count(1, MOST),
        "1073741824",
        "bytes",
        "The largest file that is taken as a package."));
    defs.add(new SettingDef(
        "packages.uploads",
        count(1, 1000),
        "4",
        "uploads",
        "Packages that may arrive at once; more are answered 429."));
  }
}
