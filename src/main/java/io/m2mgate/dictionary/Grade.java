package io.m2mgate.dictionary;

import java.util.Locale;

/** How well a fact of the dictionary is founded; everything below {@link #CONFIRMED} may differ in the printed standard. */
public enum Grade {
  /** In the table of contents or the scope of GB/Z 41383-2022. */
  STANDARD,
  /** Two independent public sources agree. */
  CONFIRMED,
  /** One public implementation does exactly this. */
  OBSERVED,
  /** Follows from the others, never seen. */
  INFERRED,
  /** This project's decision, because nothing public says. */
  ASSIGNED;

  /** The name used in the data files and towards users. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
