package io.m2mgate.ops;

import io.m2mgate.bridge.Commands.Refused;
import io.m2mgate.command.ParameterOptions;
import io.m2mgate.command.Resend;
import io.m2mgate.store.Change;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.store.ParameterStore.Known;
import io.m2mgate.store.Reconciliation;
import io.m2mgate.store.Reconciliation.Ask;
import io.m2mgate.store.Reconciliation.Item;
import io.m2mgate.store.Reconciliation.Progress;
import io.m2mgate.store.Reconciliation.Stage;
import io.m2mgate.store.Store;
import io.m2mgate.store.StoredCommand.Head;
import io.m2mgate.store.TerminalStore.TerminalRow;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One turn of one reconciliation: looks again at terminals that are not settled, then at the next ones of the filter, and asks no
 * more of them than its rate lets. Everything before the last step can be done again. Made for one turn; one look at a time.
 */
final class ReconcileTurn {

  /** So often somebody else may be quicker. */
  private static final int TRIES = 3;

  private static final int MOST_SERIALS = 256;

  private final Parts parts;
  private final Ask ask;
  private final Progress before;
  private final BooleanSupplier stopped;
  private final Map<Stage, Long> counts = new EnumMap<>(Stage.class);
  private final Map<String, Item> changed = new LinkedHashMap<>();
  private int budget;
  private String afterSerial;
  private long examined;
  private boolean scanned;
  private boolean capped;
  private boolean over;

  /**
   * What all turns work with.
   *
   * @param looks terminals that are looked at in one turn, of each kind
   */
  record Parts(
      Store store,
      CommandAdmin commands,
      ParameterOptions options,
      InstantSource clock,
      int looks,
      ReconcileFigures figures) {}

  /** @param stopped nobody is to be asked any more */
  ReconcileTurn(Parts parts, Reconciliation record, BooleanSupplier stopped) {
    this.parts = parts;
    this.stopped = stopped;
    ask = record.ask();
    before = record.progress();
    counts.putAll(before.counts());
    budget = ask.ratePerSecond();
    afterSerial = before.afterSerial();
    examined = before.examined();
    scanned = before.scanned();
    capped = before.capped();
  }

  /** How far it has come with this turn, kept; empty when it has ended meanwhile. */
  Future<Optional<Progress>> run(List<Item> unsettled) {
    return each(unsettled, this::follow)
        .compose(done -> scanned ? Future.succeededFuture() : scan())
        .compose(done -> {
          Progress now = new Progress(
              before.state(),
              "",
              afterSerial,
              scanned,
              capped,
              examined,
              counts,
              parts.clock().millis(),
              0);
          return parts
              .store()
              .reconciliations()
              .save(ask.id(), now, List.copyOf(changed.values()))
              .map(open -> open ? Optional.of(now) : Optional.empty());
        });
  }

  private <T> Future<Void> each(List<T> all, Function<T, Future<Void>> work) {
    Future<Void> chain = Future.succeededFuture();
    for (T one : all) {
      chain = chain.compose(
          done -> over || stopped.getAsBoolean() ? Future.succeededFuture() : work.apply(one));
    }
    return chain;
  }

  // Terminals that are known to it

  private Future<Void> follow(Item known) {
    return parts
        .store()
        .terminals()
        .read(known.serial(), Optional.of(ask.app()))
        .compose(found -> found.isEmpty()
            ? noted(known, gone(known.serial()))
            : judge(found.get(), TRIES)
                .compose(item -> item.isPresent()
                    ? noted(known, item.get())
                    : noted(known, with(known, Stage.CONFIRMED, ""))));
  }

  private Future<Void> noted(Item known, Item now) {
    boolean same = known.stage() == now.stage()
        && known.reason().equals(now.reason())
        && known.command().equals(now.command());
    if (!same) {
      counts.merge(known.stage(), -1L, Long::sum);
      count(now);
    }
    return Future.succeededFuture();
  }

  private Item gone(String serial) {
    return new Item(
        serial,
        Stage.SKIPPED,
        "the application has no such terminal, or nothing is desired of it",
        List.of(),
        "",
        parts.clock().millis());
  }

  private Item with(Item item, Stage stage, String reason) {
    return new Item(
        item.serial(),
        stage,
        reason,
        item.parameters(),
        item.command(),
        parts.clock().millis());
  }

  // Terminals that it has not seen

  private Future<Void> scan() {
    if (ask.serials().isEmpty()) {
      return parts
          .store()
          .parameters()
          .desiring(ask.filter(), List.of(), afterSerial, parts.looks())
          .compose(page -> each(page, row -> first(row.terminal().serial(), Optional.of(row)))
              .map(done -> {
                scanned |= !over && !stopped.getAsBoolean() && page.size() < parts.looks();
                return null;
              }));
    }
    List<String> next = ask.serials().stream()
        .filter(serial -> serial.compareTo(afterSerial) > 0)
        .limit(Math.min(parts.looks(), MOST_SERIALS))
        .toList();
    if (next.isEmpty()) {
      scanned = true;
      return Future.succeededFuture();
    }
    return parts
        .store()
        .parameters()
        .desiring(ask.filter(), next, "", next.size())
        .compose(page -> {
          Map<String, TerminalRow> rows = page.stream()
              .collect(Collectors.toMap(row -> row.terminal().serial(), Function.identity()));
          return each(next, serial -> first(serial, Optional.ofNullable(rows.get(serial))));
        });
  }

  private Future<Void> first(String serial, Optional<TerminalRow> row) {
    Future<Optional<Item>> judged =
        row.isEmpty() ? Future.succeededFuture(Optional.of(gone(serial))) : judge(row.get(), TRIES);
    return judged.map(item -> {
      if (!over) {
        item.ifPresent(this::count);
        examined++;
        afterSerial = serial;
      }
      return null;
    });
  }

  private void count(Item item) {
    counts.merge(item.stage(), 1L, Long::sum);
    changed.put(item.serial(), item);
    parts.figures().reached(item.stage());
  }

  private boolean atCap() {
    long taken = counts.entrySet().stream()
        .filter(stage -> stage.getKey() != Stage.SKIPPED)
        .mapToLong(Map.Entry::getValue)
        .sum();
    return taken >= ask.cap();
  }

  // What is done about one terminal

  /** What it comes to, after what there was to do was done; empty where nothing is undone. */
  private Future<Optional<Item>> judge(TerminalRow row, int tries) {
    String serial = row.terminal().serial();
    return parts.store().parameters().read(serial).compose(known -> {
      ReconcileVerdict verdict = ReconcileVerdict.of(
          ask, row, known, parts.options().rules(), parts.clock().millis());
      boolean fresh = serial.compareTo(afterSerial) > 0 && !scanned;
      boolean takes = verdict.item().filter(it -> it.stage() != Stage.SKIPPED).isPresent();
      if (fresh && takes && atCap()) {
        capped = true;
        scanned = true;
        over = true;
        return Future.succeededFuture(Optional.empty());
      }
      return ask.dryRun() ? Future.succeededFuture(said(verdict)) : act(row, known, verdict, tries);
    });
  }

  private Optional<Item> said(ReconcileVerdict verdict) {
    return verdict.send().isEmpty()
        ? verdict.item()
        : verdict.item().map(item -> with(item, item.stage(), "would be asked"));
  }

  private Future<Optional<Item>> act(
      TerminalRow row, Known known, ReconcileVerdict verdict, int tries) {
    if (!verdict.send().isEmpty()) {
      if (budget == 0) {
        over = true;
        return Future.succeededFuture(verdict.item());
      }
      return send(row, known, verdict, tries);
    }
    return verdict.lift().isEmpty()
        ? Future.succeededFuture(verdict.item())
        : lift(row, known, verdict, tries);
  }

  private Future<Optional<Item>> send(
      TerminalRow row, Known known, ReconcileVerdict verdict, int tries) {
    String serial = row.terminal().serial();
    Resend resend =
        Resend.of(serial, ask.app(), verdict.send(), parts.clock().millis(), parts.options());
    Item item = verdict.item().orElseThrow();
    return put(
            serial, known, resend.stillDrifting(), Optional.of(resend.command().head()))
        .compose(done -> {
          if (!done) {
            return again(row, verdict, tries);
          }
          budget--;
          Item asked = new Item(
              serial,
              Stage.ASKED,
              "",
              item.parameters(),
              resend.command().id(),
              parts.clock().millis());
          return Future.succeededFuture(Optional.of(asked));
        })
        .recover(cause -> {
          if (!(cause instanceof Refused refused)) {
            return Future.failedFuture(cause);
          }
          budget = refused.why() == Refused.Why.QUOTA ? 0 : budget;
          return Future.succeededFuture(
              Optional.of(with(item, Stage.WAITING, refused.getMessage())));
        });
  }

  private Future<Optional<Item>> lift(
      TerminalRow row, Known known, ReconcileVerdict verdict, int tries) {
    List<Desired> lifted = verdict.lift().stream()
        .map(desired -> desired.oneMore(parts.options().rules().sends()))
        .toList();
    return put(row.terminal().serial(), known, lifted, Optional.empty())
        .compose(
            done -> done ? Future.succeededFuture(verdict.item()) : again(row, verdict, tries));
  }

  private Future<Boolean> put(
      String serial, Known known, List<Desired> noted, Optional<Head> command) {
    Change change = new Change.PutDesired(serial, known.desired().noted(new ArrayList<>(noted)));
    return parts.commands().replace(List.of(), command, change);
  }

  /** Somebody else was quicker: what there is now is looked at. */
  private Future<Optional<Item>> again(TerminalRow row, ReconcileVerdict verdict, int tries) {
    return tries > 0 ? judge(row, tries - 1) : Future.succeededFuture(verdict.item());
  }
}
