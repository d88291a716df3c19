package io.m2mgate.dictionary;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The alarm codes that the program itself has business with. Immutable.
 *
 * @param clearedByLogin end with a confirmed session (behaviour 5.3.5)
 * @param updateError something went wrong in an upgrade, which may go on (behaviour 5.3.8)
 * @param updateFailed an upgrade has failed
 */
public record AlarmRules(
    Set<Integer> clearedByLogin, Set<Integer> updateError, Set<Integer> updateFailed) {

  /** The names that a dialect has for them. */
  record Names(List<String> clearedByLogin, List<String> updateError, List<String> updateFailed) {
    AlarmRules resolve(CodeTable alarms) {
      return new AlarmRules(
          codes(clearedByLogin, alarms), codes(updateError, alarms), codes(updateFailed, alarms));
    }

    private static Set<Integer> codes(List<String> names, CodeTable alarms) {
      return names.stream().map(alarms::code).collect(Collectors.toUnmodifiableSet());
    }
  }
}
