package io.m2mgate.config;

import java.util.List;
import java.util.stream.Collectors;

/** All that is wrong with a configuration, found in one go; thrown before anything was started. */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<SettingProblem> problems;

  /** At least one problem; the message shows one a line. */
  public SettingsException(List<SettingProblem> problems) {
    super(problems.stream().map(SettingProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Every problem, in the order of the sources. */
  public List<SettingProblem> problems() {
    return problems;
  }
}
