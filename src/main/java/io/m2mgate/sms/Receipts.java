package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageReceipt;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns which terminal each message was for that the centre has yet to tell of. One thread's. */
final class Receipts {

  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int EARLY = 256;
  private static final int TOLD = 1_000;

  private final Map<String, String> serials;
  /** Receipts that overtook the answer to their message. */
  private final Map<String, ShortMessageReceipt> early = new Oldest<>(EARLY);

  private final Map<String, Long> told = new Oldest<>(TOLD);

  /** Forgets its eldest entries. */
  private static final class Oldest<V> extends LinkedHashMap<String, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    private Oldest(int most) {
      this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
      return size() > most;
    }
  }

  Receipts(int most) {
    serials = new Oldest<>(most);
  }

  int waiting() {
    return serials.size();
  }

  /** The centre took a message. */
  void sent(String messageId, String serial, long nowNanos) {
    serials.put(messageId, serial);
    Optional.ofNullable(early.remove(messageId)).ifPresent(receipt -> take(receipt, nowNanos));
  }

  /** The centre tells what became of a message. */
  void take(ShortMessageReceipt receipt, long nowNanos) {
    String serial = serials.get(receipt.messageId());
    if (serial == null) {
      early.put(receipt.messageId(), receipt);
      return;
    }
    switch (receipt.state()) {
      case UNDER_WAY -> {}
      case DELIVERED -> serials.remove(receipt.messageId());
      default -> {
        serials.remove(receipt.messageId());
        warn(serial, "ended as " + receipt.state() + " " + receipt.error(), nowNanos);
      }
    }
  }

  /** Says what became of a message to a terminal, once a minute for each. */
  void warn(String serial, String what, long nowNanos) {
    Long last = told.get(serial);
    if (last == null || nowNanos - last >= QUIET_NANOS) {
      told.remove(serial);
      told.put(serial, nowNanos);
      LOG.warn("a short message to {} {}", serial, what);
    }
  }
}
