package io.m2mgate.bridge;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.sms.MessageCentre;
import io.m2mgate.store.Store;
import io.m2mgate.trace.Traces;
import io.m2mgate.upgrade.Packages;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/**
 * What every bridge works with; made once at the start. All parts may be used from any thread.
 *
 * @param messages the way to a short message centre, where there is one
 * @param node name of this node, the last part of an event's {@code source}
 */
public record BridgeParts(
    Store store,
    ApplicationRegistry applications,
    Access access,
    Admission admission,
    Taps taps,
    Consumers consumers,
    ProfileCatalogue profiles,
    Dictionary dictionary,
    TerminalChanges changes,
    SecretSealer sealer,
    Rotations rotations,
    CommandDesk commands,
    ParameterDesk parameters,
    Reconciliations reconciliations,
    Traces traces,
    Packages packages,
    UpgradeDesk upgrades,
    Webhooks webhooks,
    Optional<MessageCentre> messages,
    MeterRegistry meters,
    String node) {}
