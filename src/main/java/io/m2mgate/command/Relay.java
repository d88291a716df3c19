package io.m2mgate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import io.m2mgate.bus.Lane;
import io.m2mgate.bus.Uplink;
import io.m2mgate.session.BodyRoom;
import io.m2mgate.session.Profile;
import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.CommandBody;
import io.m2mgate.store.StoredCommand;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.StoredCommand.Mode;
import io.m2mgate.store.StoredCommand.Type;
import io.m2mgate.store.StoredCommand.Wake;
import io.m2mgate.store.TerminalStore.TerminalRow;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Data from one terminal to another (clause 5.3.11): whether it may go, and the command that it becomes. One for each verticle of a
 * lane, used on its thread.
 */
final class Relay {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SERIAL = Pattern.compile("[A-Za-z0-9._-]{16}");
  private static final String OFFLINE = "destinationOffline";
  private static final String INVALID = "destinationInvalid";
  private static final String REJECTED = "rejected";

  private final Lane lane;
  private final RelayOptions options;

  Relay(Lane lane, RelayOptions options) {
    this.lane = lane;
    this.options = options;
  }

  /** Whether it names some other terminal at all. */
  boolean isOther(Uplink uplink, String serial) {
    return SERIAL.matcher(serial).matches() && !serial.equals(uplink.terminal().serial());
  }

  /** Whether what the terminal sends may go to an application: its own, or one that lists its own. */
  boolean mayGoTo(String app, Uplink uplink) {
    return options.takes(app, uplink.terminal().terminalRecord().app());
  }

  /**
   * Why it is not taken, by the name of a result; empty when it is. A terminal that it must not go to is like one that nobody has.
   *
   * @param length of the payload
   */
  Optional<String> refusal(Uplink uplink, Optional<TerminalRow> to, int length) {
    Optional<TerminalRow> known = to.filter(row -> mayGoTo(row.terminal().app(), uplink));
    if (known.isEmpty()) {
      return Optional.of(INVALID);
    }
    TerminalRecord target = known.get().terminal();
    boolean takes = target.enabled() && lane.services().applicationTakes().test(target.app());
    if (!takes || length > room(target, uplink)) {
      return Optional.of(REJECTED);
    }
    boolean waits = options.queues(target.app()) || known.get().sessions().online();
    return waits ? Optional.empty() : Optional.of(OFFLINE);
  }

  private int room(TerminalRecord target, Uplink uplink) {
    Profile profile = lane.services().profiles().get(target.profile());
    return new BodyRoom(lane.dialect(profile), profile).ofData(uplink.terminal().serial());
  }

  /** The command that it is for the other terminal. */
  StoredCommand command(Uplink uplink, TerminalRecord target, DataParts parts, boolean crcOk) {
    long now = lane.nowMillis();
    Wake wake =
        Wake.parse(lane.services().profiles().get(target.profile()).wake()).orElse(Wake.NONE);
    return StoredCommand.asked(new Head(
        UlidCreator.getMonotonicUlid(now).toString(),
        target.serial(),
        target.app(),
        Type.DATA,
        Head.FROM_TERMINAL + uplink.terminal().serial(),
        options.queues(target.app()) ? Mode.QUEUE : Mode.IMMEDIATE,
        wake,
        false,
        false,
        body(uplink, parts, crcOk).toString(),
        new byte[0],
        "",
        0,
        now,
        now + options.expiresMillis()));
  }

  private static ObjectNode body(Uplink uplink, DataParts parts, boolean crcOk) {
    byte[] payload =
        Arrays.copyOfRange(uplink.bytes(), parts.dataAt(), parts.dataAt() + parts.dataLength());
    ObjectNode body = JSON.createObjectNode()
        .put(CommandBody.PAYLOAD, Base64.getEncoder().encodeToString(payload));
    if (!crcOk) {
      body.put(CommandBody.CRC_OK, false);
    }
    if (uplink.suspectedDuplicate()) {
      body.put(CommandBody.SUSPECTED_DUPLICATE, true);
    }
    return body;
  }
}
