package io.m2mgate.command;

import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.StoredCommand;
import java.util.ArrayList;
import java.util.List;

/**
 * Undone values on their way once more (5.3.9). Immutable.
 *
 * @param command that carries them
 * @param before as they were
 * @param noted as they are with the command: none of them drifts
 */
public record Resend(StoredCommand command, List<Desired> before, List<Desired> noted) {

  /** A command of the platform's to a terminal of an application's. */
  public static Resend of(
      String serial, String app, List<Desired> again, long nowMillis, ParameterOptions options) {
    StoredCommand command = ParameterCommands.configure(serial, app, again, nowMillis, options);
    return new Resend(
        command,
        again,
        again.stream()
            .map(desired ->
                desired.given(command.id(), nowMillis, options.rules().sends()))
            .toList());
  }

  /** The same for whom the lane tells when they have ceased to drift, which is not known yet. */
  public List<Desired> stillDrifting() {
    List<Desired> drifting = new ArrayList<>(noted.size());
    for (int i = 0; i < noted.size(); i++) {
      Desired was = before.get(i);
      drifting.add(noted.get(i).drifting(was.drift(), was.driftMillis()));
    }
    return drifting;
  }
}
