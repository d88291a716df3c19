package io.m2mgate.cli.simulate;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.m2mgate.cli.simulate.FleetReport.Latency;
import java.util.Optional;

/**
 * How a fleet came, and what its datagrams met.
 *
 * @param provisioningSeconds until the gateway knew all of them
 * @param probes terminals that were online before the others came
 * @param heartbeats of beats while terminals came, repeats included
 * @param rebinds changes of a terminal's address
 * @param switches changes of a terminal's bearer
 * @param rests sessions that terminals of short connections ended
 * @param misdirected datagrams that came to an address which their terminal had left
 * @param strange datagrams that were not one whole frame, or for nobody
 * @param faults datagrams that the system did not take or give
 * @param unsaid reports that no message takes, and that were not made
 * @param messages where frames went as messages
 */
public record BearingReport(
    String bearer,
    double provisioningSeconds,
    int probes,
    Latency heartbeats,
    long rebinds,
    long switches,
    long rests,
    long misdirected,
    long strange,
    long faults,
    long unsaid,
    @JsonIgnore Optional<CentreReport> messages) {

  static BearingReport of(
      BearerOptions options,
      double provisioningSeconds,
      Latency heartbeats,
      Tally tally,
      Optional<CentreReport> messages) {
    DatagramTally datagrams = tally.datagrams;
    return new BearingReport(
        options.bearer().text(),
        provisioningSeconds,
        options.probes(),
        heartbeats,
        datagrams.rebinds,
        tally.switches,
        tally.rests,
        datagrams.misdirected,
        datagrams.strange,
        datagrams.faults,
        tally.unsaid,
        messages);
  }
}
