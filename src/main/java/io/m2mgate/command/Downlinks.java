package io.m2mgate.command;

import io.m2mgate.session.Resident;
import java.util.Optional;

/** The downlinks of one lane's terminals. */
interface Downlinks {

  /** Made where there is none; empty when there are too many. */
  Optional<Downlink> of(Resident resident);

  /** The same, never made. */
  Optional<Downlink> existing(Resident resident);
}
