package io.m2mgate.command;

import io.m2mgate.session.Resident;
import io.m2mgate.upgrade.ByteRate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Whose block goes next where bytes a second are limited: terminals take turns, each with its requests in order. Used on the lane's
 * thread; the rate of all is shared by the lanes.
 */
final class FilePace {

  private static final float LOAD = 0.75f;

  private final ByteRate all;
  private final long terminalBytesPerSecond;
  private final Map<Resident, ByteRate> rates;
  private final Map<Resident, Queue<FileExchange>> waiting = new LinkedHashMap<>();

  /** @param terminals whose pace is kept in memory */
  FilePace(ByteRate all, long terminalBytesPerSecond, int terminals) {
    this.all = all;
    this.terminalBytesPerSecond = terminalBytesPerSecond;
    this.rates = new LinkedHashMap<>(16, LOAD, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Resident, ByteRate> eldest) {
        return size() > terminals;
      }
    };
  }

  /** True when it may go at once, which then counts. */
  boolean pass(FileExchange exchange, long now) {
    return waiting.isEmpty() && goes(exchange, now);
  }

  private boolean goes(FileExchange exchange, long now) {
    if (terminalBytesPerSecond == 0) {
      return all.take(exchange.length(), now);
    }
    ByteRate its = rates.computeIfAbsent(
        exchange.resident(), resident -> new ByteRate(terminalBytesPerSecond, now));
    return its.open(now) && all.take(exchange.length(), now) && its.take(exchange.length(), now);
  }

  /** It waits for its turn. */
  void add(FileExchange exchange) {
    waiting
        .computeIfAbsent(exchange.resident(), resident -> new ArrayDeque<>(1))
        .add(exchange);
  }

  /** Nobody waits. */
  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Those whose turn has come; each counts. */
  List<FileExchange> due(long now) {
    List<FileExchange> due = new ArrayList<>(0);
    boolean more = !waiting.isEmpty();
    while (more) {
      int before = due.size();
      for (Resident resident : List.copyOf(waiting.keySet())) {
        Queue<FileExchange> its = waiting.get(resident);
        if (goes(its.element(), now)) {
          due.add(its.remove());
          // Behind the others, also when the next turn comes in another call.
          waiting.remove(resident);
          if (!its.isEmpty()) {
            waiting.put(resident, its);
          }
        }
      }
      more = due.size() > before && !waiting.isEmpty();
    }
    return due;
  }

  /** Those that came before this time; they do not wait any more. */
  List<FileExchange> late(long before) {
    List<FileExchange> late = new ArrayList<>(0);
    for (Iterator<Queue<FileExchange>> each = waiting.values().iterator(); each.hasNext(); ) {
      Queue<FileExchange> its = each.next();
      while (!its.isEmpty() && its.element().sinceMillis() < before) {
        late.add(its.remove());
      }
      if (its.isEmpty()) {
        each.remove();
      }
    }
    return late;
  }
}
