package io.m2mgate.sms;

import io.m2mgate.config.MessageSettings;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Messages that came in parts and are not complete, by sender and reference: bounded in number, parts and time. Terminals send none;
 * some centres cut. May be used from any thread.
 */
final class PartedMessages {

  private final MessageSettings.Parts limits;
  private final Map<Key, Open> open = new LinkedHashMap<>();

  /** Of the parts of one message. */
  record Key(String number, int reference, int total) {}

  private static final class Open {
    private final byte[][] parts;
    private final long sinceMillis;

    Open(int total, long sinceMillis) {
      this.parts = new byte[total][];
      this.sinceMillis = sinceMillis;
    }
  }

  PartedMessages(MessageSettings.Parts limits) {
    this.limits = limits;
  }

  static Key key(String number, UserData part) {
    return new Key(number, part.reference(), part.total());
  }

  /** False for a message that has more parts than any may have. */
  boolean admits(UserData part) {
    return part.total() <= limits.most();
  }

  /** Adds a part; gives the content of all once they are there, which stay until {@link #done}. */
  synchronized Optional<byte[]> add(Key key, UserData part, long nowMillis) {
    forget(nowMillis);
    Open message = open.computeIfAbsent(key, fresh -> new Open(fresh.total(), nowMillis));
    message.parts[part.index() - 1] = part.content();
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] content : message.parts) {
      if (content == null) {
        return Optional.empty();
      }
      whole.writeBytes(content);
    }
    return Optional.of(whole.toByteArray());
  }

  /** The message was taken. */
  synchronized void done(Key key) {
    open.remove(key);
  }

  synchronized int size() {
    return open.size();
  }

  private void forget(long nowMillis) {
    long before = nowMillis - limits.seconds() * 1000L;
    Iterator<Open> oldestFirst = open.values().iterator();
    while (oldestFirst.hasNext()) {
      boolean late = oldestFirst.next().sinceMillis < before;
      if (!late && open.size() < limits.open()) {
        return;
      }
      oldestFirst.remove();
    }
  }
}
