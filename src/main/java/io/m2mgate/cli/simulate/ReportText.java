package io.m2mgate.cli.simulate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.cli.simulate.FleetOptions.Mode;
import io.m2mgate.cli.simulate.FleetReport.Latency;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A report for people and for programs. Stateless. */
final class ReportText {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ReportText() {}

  static String text(FleetReport report) {
    var out = new StringBuilder();
    var load = report.options().load();
    line(
        out,
        "%,d terminals online in %.1f s, %s for %.1f s, %,.0f exchanges/s",
        report.options().terminals() - report.failed(),
        report.onlineSeconds(),
        load.mode().name().toLowerCase(Locale.ROOT),
        report.seconds(),
        report.exchangesPerSecond());
    line(
        out,
        "  sent          %,d   acknowledged %,d   refused %s   unanswered %,d   repeated %,d",
        report.sent(),
        report.acknowledged(),
        codes(report.refused()),
        report.unanswered(),
        report.repeated());
    latency(out, "exchange", report.exchange());
    latency(out, "heartbeat", report.bearing().heartbeats());
    if (load.mode() == Mode.DATA) {
      var ledger = report.ledger();
      line(
          out,
          "  delivered     %,d   lost %,d   duplicated unmarked %,d, marked %,d   reordered %,d",
          ledger.delivered(),
          ledger.lost(),
          ledger.duplicatesUnmarked(),
          ledger.duplicatesMarked(),
          ledger.reordered());
      latency(out, "end to end", report.endToEnd());
    }
    line(
        out,
        "  sessions      %,d logged in, %,d lost, %,d reconnects, %,d never in, logins refused %s",
        report.logins(),
        report.sessionsLost(),
        report.reconnects(),
        report.failed(),
        codes(report.loginsRefused()));
    bearing(out, report);
    security(out, report);
    report.commands().ifPresent(commands -> commands(out, commands));
    report.rollout().ifPresent(rollout -> rollout(out, rollout));
    odd(out, "requests of the gateway that cannot be read", report.unreadable());
    odd(out, "wrong digests from the gateway", report.wrongDigests());
    odd(out, "second answers to one request", report.strayAcks());
    odd(out, "readings marked as duplicates that are none", report.ledger().markedWithoutCause());
    line(out, report.clean() ? "clean" : "NOT CLEAN");
    return out.toString();
  }

  private static void bearing(StringBuilder out, FleetReport report) {
    BearingReport bearing = report.bearing();
    line(
        out,
        "  coming        %,.0f logins/s over %s, known to the gateway within %.1f s",
        report.loginsPerSecond(),
        bearing.bearer(),
        bearing.provisioningSeconds());
    odd(out, "changes of address", bearing.rebinds());
    odd(out, "changes of bearer", bearing.switches());
    odd(out, "sessions ended for having nothing to say", bearing.rests());
    odd(out, "datagrams that came to an address that was left", bearing.misdirected());
    odd(out, "datagrams that were no frame for any terminal", bearing.strange());
    odd(out, "datagrams that the system did not take or give", bearing.faults());
    odd(out, "reports too long for a message, not made", bearing.unsaid());
    bearing.messages().ifPresent(messages -> messages(out, messages));
  }

  private static void messages(StringBuilder out, CentreReport messages) {
    line(
        out,
        "  messages      %,d taken by the gateway, %,d from it",
        messages.taken(),
        messages.given());
    odd(out, "deliveries that it did not acknowledge, and that were made again", messages.again());
    odd(out, "messages that it had not acknowledged in the end", messages.held());
    odd(out, "messages of it to numbers where nobody was", messages.nobody());
    odd(out, "messages of it that were no frame", messages.strange());
    odd(out, "frames too long for a message, not sent", messages.tooLong());
    odd(out, "messages that the centre had no room for", messages.full());
  }

  private static void commands(StringBuilder out, CommandReport commands) {
    var ends = new StringBuilder();
    commands.ends().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(end ->
            ends.append(String.format(Locale.ROOT, "   %s %,d", end.getKey(), end.getValue())));
    line(
        out,
        "  commands      %,d asked for%s   without an end %,d",
        commands.asked(),
        ends,
        commands.open());
    line(
        out,
        "  rules         %,d ended too late (at most %,d ms behind their time), %,d done twice by terminals that drop"
            + " repeats, %,d called done and not done",
        commands.late(),
        commands.latestMillis(),
        commands.twice(),
        commands.unexecuted());
    line(
        out,
        "  carried out   %,d, %,d repeats answered and not done again, %,d done again by other terminals, %,d messages in parts",
        commands.carriedOut(),
        commands.droppedRepeats(),
        commands.again(),
        commands.parted());
    latency(out, "round trip", commands.roundTrips());
    if (commands.queuedForDead() > 0) {
      line(out, "  dead          %,d commands asked of them", commands.queuedForDead());
    }
    if (commands.medianRatio() > 0) {
      latency(out, "without dead", commands.without());
      latency(out, "beside dead", commands.beside());
      line(
          out,
          "  medians       %s: without, beside, beside, without…; beside is %.2f times without",
          commands.medians().stream().map(ReportText::millis).collect(Collectors.joining(", ")),
          commands.medianRatio());
    }
    odd(out, "sequences used again for another request", commands.sequencesUsedAgain());
    odd(
        out,
        "commands that the gateway did not take, first: " + commands.problem(),
        commands.refused());
  }

  private static void rollout(StringBuilder out, RolloutReport rollout) {
    line(
        out,
        "  upgrade       %s, %,d of %,d terminals have the version, %,d files whole by their CRC32, in %.1f s",
        rollout.state(),
        rollout.counts().getOrDefault("succeeded", 0),
        rollout.told(),
        rollout.whole(),
        rollout.wholeSeconds());
    line(
        out,
        "  download      %.2f MB/s for %.1f s, %,d blocks, %,d bytes, refused %s, %,d reboots, %,d given up",
        rollout.megabytesPerSecond(),
        rollout.seconds(),
        rollout.blocks(),
        rollout.bytes(),
        codes(rollout.refused()),
        rollout.reboots(),
        rollout.gaveUp());
    latency(out, "load before", rollout.before());
    latency(out, "load beside", rollout.beside());
    odd(out, "files with another CRC32", rollout.corrupt());
    odd(out, "blocks that were not what was asked for", rollout.badBlocks());
    odd(out, "announcements of what was being fetched already", rollout.announcedAgain());
    if (!rollout.problem().isEmpty()) {
      line(out, "  note          not upgraded, first: %s", rollout.problem());
    }
  }

  private static void security(StringBuilder out, FleetReport report) {
    var security = report.security();
    if (report.options().security().register().isPresent() || security.registered() > 0) {
      line(
          out,
          "  registration  %,d registered, refused %s",
          security.registered(),
          codes(security.registersRefused()));
    }
    if (security.keysGiven() + security.keysMissing() > 0) {
      line(
          out,
          "  session keys  %,d given, %,d asked for and missing",
          security.keysGiven(),
          security.keysMissing());
    }
    if (security.setsTaken() + security.rotated() + security.asksRefused() + security.cleared()
        > 0) {
      line(
          out,
          "  secrets       %,d sets taken, %,d rotations done, %,d requests refused, %,d cleared",
          security.setsTaken(),
          security.rotated(),
          security.asksRefused(),
          security.cleared());
    }
    security.misdeeds().forEach((kind, answers) -> {
      var said = new StringBuilder();
      new TreeMap<>(answers)
          .forEach((answer, count) -> said.append(said.isEmpty() ? "" : "; ")
              .append(String.format(Locale.ROOT, "%,d %s", count, answer)));
      line(out, "  %-13s %s", kind, said);
    });
    odd(out, "terminals that did not come through what they were to do", security.unfinished());
    odd(out, "secrets that cannot be read", security.unreadable());
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }

  private static void odd(StringBuilder out, String what, long count) {
    if (count > 0) {
      line(out, "  note          %s: %,d", what, count);
    }
  }

  private static void latency(StringBuilder out, String name, Latency latency) {
    if (latency.count() > 0) {
      line(
          out,
          "  %-13s p50 %s   p90 %s   p99 %s   max %s",
          name,
          millis(latency.p50()),
          millis(latency.p90()),
          millis(latency.p99()),
          millis(latency.max()));
    }
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.2f ms", micros / 1_000.0);
  }

  private static String codes(Map<Integer, Long> counts) {
    if (counts.isEmpty()) {
      return "0";
    }
    var text = new StringBuilder();
    counts.forEach((code, count) -> text.append(text.isEmpty() ? "" : ", ")
        .append(String.format(Locale.ROOT, "%,d with %d", count, code)));
    return text.toString();
  }

  static String json(FleetReport report) {
    ObjectNode out = JSON.createObjectNode()
        .put("clean", report.clean())
        .put("mode", report.options().load().mode().name().toLowerCase(Locale.ROOT))
        .put("terminals", report.options().terminals())
        .put("failed", report.failed())
        .put("onlineSeconds", report.onlineSeconds())
        .put("loginsPerSecond", report.loginsPerSecond())
        .put("seconds", report.seconds())
        .put("sent", report.sent())
        .put("acknowledged", report.acknowledged())
        .put("exchangesPerSecond", report.exchangesPerSecond())
        .put("unanswered", report.unanswered())
        .put("repeated", report.repeated())
        .put("reconnects", report.reconnects())
        .put("logins", report.logins())
        .put("sessionsLost", report.sessionsLost())
        .put("wrongDigests", report.wrongDigests())
        .put("strayAcks", report.strayAcks())
        .put("delivered", report.ledger().delivered())
        .put("lost", report.ledger().lost())
        .put("duplicatesUnmarked", report.ledger().duplicatesUnmarked())
        .put("duplicatesMarked", report.ledger().duplicatesMarked())
        .put("markedWithoutCause", report.ledger().markedWithoutCause())
        .put("reordered", report.ledger().reordered());
    ObjectNode bearing = JSON.valueToTree(report.bearing());
    report.bearing().messages().ifPresent(it -> bearing.set("messages", JSON.valueToTree(it)));
    out.set("bearing", bearing);
    out.set("security", JSON.valueToTree(report.security()));
    report.commands().ifPresent(commands -> {
      ObjectNode node = JSON.valueToTree(commands);
      out.set(
          "commands",
          node.put("clean", commands.clean()).put("medianRatio", commands.medianRatio()));
    });
    report.rollout().ifPresent(rollout -> {
      ObjectNode node = JSON.valueToTree(rollout);
      out.set(
          "upgrade",
          node.put("clean", rollout.clean())
              .put("megabytesPerSecond", rollout.megabytesPerSecond()));
    });
    out.set("refused", JSON.valueToTree(report.refused()));
    out.set("loginsRefused", JSON.valueToTree(report.loginsRefused()));
    out.set("exchangeMicros", JSON.valueToTree(report.exchange()));
    out.set("endToEndMicros", JSON.valueToTree(report.endToEnd()));
    return out.toString();
  }

  static String progress(Fleet.Progress now, Fleet.Progress before, FleetOptions options) {
    String delivered = options.load().mode() == Mode.DATA
        ? String.format(Locale.ROOT, "  delivered %,d", now.delivered())
        : "";
    String trouble = now.refused() + now.sessionsLost() + now.failed() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "  refused %,d  sessions lost %,d  never in %,d",
            now.refused(),
            now.sessionsLost(),
            now.failed());
    return String.format(
        Locale.ROOT,
        "%-12s online %,d/%,d  sent %,d  acknowledged %,d (%,d/s)  in flight %,d  repeated %,d  reconnects %,d%s%s%s",
        now.phase().name().toLowerCase(Locale.ROOT),
        now.online(),
        options.terminals(),
        now.sent(),
        now.acknowledged(),
        now.acknowledged() - before.acknowledged(),
        now.inFlight(),
        now.repeated(),
        now.reconnects(),
        delivered,
        trouble,
        now.readerProblem().isEmpty()
            ? ""
            : "  (reader: " + now.readerProblem().lines().findFirst().orElse("") + ")");
  }
}
