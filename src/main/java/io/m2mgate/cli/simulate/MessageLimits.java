package io.m2mgate.cli.simulate;

import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetOptions.Retry;
import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import java.util.Optional;
import java.util.Set;

/** What a fleet that lives by messages cannot do. Stateless. */
final class MessageLimits {
  private static final int TLV_HEADER = 4;
  private static final int CRC = 2;

  private MessageLimits() {}

  /** Empty where it can do all that its options want. */
  static Optional<String> problem(FleetOptions run) {
    SecurityOptions security = run.security();
    boolean proves = security.encrypt()
        || security.clear()
        || security.renewal().isPresent()
        || security.register().filter(Registration.REBIND::equals).isPresent();
    if (proves) {
      return Optional.of(
          "--bearer: by sms nothing is signed or encrypted; no --encrypt, --rotate, --clear or --register 2");
    }
    if (!security.misdeeds().isEmpty()) {
      return Optional.of("--misbehave: goes over connections, with --bearer tcp only");
    }
    if (!Set.of(Mode.DATA, Mode.TRAP).contains(run.load().mode())) {
      return Optional.of("--mode: by sms there are data and trap");
    }
    if (run.field().switches() || run.rollout().bytes() > 0) {
      return Optional.of("--bearer: by sms nobody switches, and no file is fetched");
    }
    if (run.persona().retry() != Retry.SAME) {
      return Optional.of("--retry: by sms a message is repeated as it was, with --retry same only");
    }
    if (run.load().pipeline() > 1) {
      return Optional.of("--pipeline: by sms a terminal has one exchange open");
    }
    int most = mostPayload(Dictionary.load().dialect(), run.app());
    return run.load().payloadBytes() > most
        ? Optional.of("--payload-bytes: a message of this application takes " + most)
        : Optional.empty();
  }

  private static int mostPayload(Dialect dialect, String app) {
    return dialect.shortMessages().maxFrameBytes()
        - dialect.header().size()
        - CRC
        - TLV_HEADER
        - app.length()
        - TLV_HEADER;
  }
}
