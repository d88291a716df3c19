package io.m2mgate.store.sql;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the writer is in an outage, so that one is logged once when it begins and once when it is over. Of the writer's turns. */
final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  private final String store;
  private boolean lasting;
  private long groups;
  private long beganNanos;

  Outage(String store) {
    this.store = store;
  }

  void began(Throwable cause) {
    groups++;
    if (!lasting) {
      lasting = true;
      beganNanos = System.nanoTime();
      LOG.error("the store {} does not take commits: {}", store, cause.getMessage());
    }
  }

  void over() {
    if (lasting) {
      lasting = false;
      long millis = (System.nanoTime() - beganNanos) / 1_000_000;
      LOG.warn(
          "the store {} takes commits again after {} ms; {} groups were refused",
          store,
          millis,
          groups);
      groups = 0;
    }
  }
}
