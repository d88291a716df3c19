package io.m2mgate.cli.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongFunction;

/** Finds the whole messages in what one connection brings, with as little work as that can be done. One thread. */
interface Framing {

  /**
   * Takes all of the bytes.
   *
   * @param reply what is to be sent back for them is put here
   * @return messages that are whole with them
   */
  int feed(ByteBuffer bytes, ByteBuffer reply);

  /** Events of an event stream, whatever the chunks are that they come in; comments do not count. */
  final class Sse implements Framing {
    private static final byte[] FIELD = "data:".getBytes(StandardCharsets.US_ASCII);

    private int matched;
    private boolean data;
    private byte before;

    @Override
    public int feed(ByteBuffer bytes, ByteBuffer reply) {
      int events = 0;
      while (bytes.hasRemaining()) {
        byte now = bytes.get();
        if (now == '\n') {
          if (before == '\n' && data) {
            events++;
            data = false;
          }
          matched = 0;
        } else if (matched >= 0) {
          match(now);
        }
        before = now;
      }
      return events;
    }

    private void match(byte now) {
      matched = now == FIELD[matched] ? matched + 1 : -1;
      if (matched == FIELD.length) {
        data = true;
        matched = -1;
      }
    }
  }

  /** PUBLISH packets; those of QoS 1 are acknowledged. */
  final class Mqtt implements Framing {
    private static final int PUBLISH = 3;
    private static final int PUBACK = 0x40;

    private int first = -1;
    private boolean lengthRead;
    private int shift;
    private int length;
    private int at;
    private int topic;
    private int id;

    @Override
    public int feed(ByteBuffer bytes, ByteBuffer reply) {
      int messages = 0;
      while (bytes.hasRemaining()) {
        if (first < 0) {
          first = bytes.get() & 0xFF;
          lengthRead = false;
          shift = 0;
          length = 0;
          at = 0;
        } else if (!lengthRead) {
          int digit = bytes.get() & 0xFF;
          length |= (digit & 0x7F) << shift;
          shift += 7;
          lengthRead = digit < 0x80;
        } else {
          body(bytes);
        }
        if (lengthRead && at == length) {
          messages += end(reply);
        }
      }
      return messages;
    }

    private void body(ByteBuffer bytes) {
      if (at < 2) {
        topic = (at == 0 ? 0 : topic << 8) | bytes.get() & 0xFF;
        at++;
      } else if (isConfirmed() && at >= topic + 2 && at < topic + 4) {
        id = (at == topic + 2 ? 0 : id << 8) | bytes.get() & 0xFF;
        at++;
      } else {
        int stop = isConfirmed() && at < topic + 2 ? topic + 2 : length;
        int skipped = Math.min(bytes.remaining(), stop - at);
        bytes.position(bytes.position() + skipped);
        at += skipped;
      }
    }

    private boolean isConfirmed() {
      return (first & 0x06) == 0x02;
    }

    private int end(ByteBuffer reply) {
      boolean message = first >>> 4 == PUBLISH;
      if (message && isConfirmed()) {
        reply.put((byte) PUBACK).put((byte) 2).putShort((short) id);
      }
      first = -1;
      lengthRead = false;
      return message ? 1 : 0;
    }
  }

  /** Text frames of a WebSocket; pings are answered. */
  final class WebSocket implements Framing {
    private static final int TEXT = 0x81;
    private static final int PING = 0x89;
    private static final int PONG = 0x8A;
    private static final int MASKED = 0x80;

    private final byte[] header = new byte[10];
    private int have;
    private long left;

    @Override
    public int feed(ByteBuffer bytes, ByteBuffer reply) {
      int messages = 0;
      while (bytes.hasRemaining()) {
        if (have < 2 || have < headerLength()) {
          header[have++] = bytes.get();
          left = have >= 2 && have == headerLength() ? bodyLength() : 0;
        } else {
          int skipped = (int) Math.min(bytes.remaining(), left);
          bytes.position(bytes.position() + skipped);
          left -= skipped;
        }
        if (have >= 2 && have == headerLength() && left == 0) {
          messages += (header[0] & 0xFF) == TEXT ? 1 : 0;
          if ((header[0] & 0xFF) == PING) {
            reply.put((byte) PONG).put((byte) MASKED).putInt(0);
          }
          have = 0;
        }
      }
      return messages;
    }

    private int headerLength() {
      return switch (header[1] & 0x7F) {
        case 126 -> 4;
        case 127 -> 10;
        default -> 2;
      };
    }

    private long bodyLength() {
      var fields = ByteBuffer.wrap(header);
      return switch (headerLength()) {
        case 4 -> fields.getShort(2) & 0xFFFF;
        case 10 -> fields.getLong(2);
        default -> header[1] & 0x7F;
      };
    }
  }

  /** Answers to long polls, one after the other: each is followed by the request for the next page. */
  final class Pull implements Framing {
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "\"specversion\"".getBytes(StandardCharsets.US_ASCII);
    private static final String NEXT = "\"next\":";
    private static final String LENGTH = "content-length:";
    private static final int TAIL = 200;

    private final LongFunction<byte[]> request;
    private byte[] answer = new byte[1 << 16];
    private int have;

    /** @param request for what follows an offset */
    Pull(LongFunction<byte[]> request) {
      this.request = request;
    }

    @Override
    public int feed(ByteBuffer bytes, ByteBuffer reply) {
      int more = bytes.remaining();
      if (have + more > answer.length) {
        answer = Arrays.copyOf(answer, 2 * (have + more));
      }
      bytes.get(answer, have, more);
      have += more;
      int head = find(HEAD_END, 0, have);
      if (head < 0 || have < head + HEAD_END.length + bodyLength(head)) {
        return 0;
      }
      int events = 0;
      for (int at = find(EVENT, head, have); at >= 0; at = find(EVENT, at + 1, have)) {
        events++;
      }
      reply.put(request.apply(next()));
      have = 0;
      return events;
    }

    private int find(byte[] what, int from, int to) {
      for (int at = from; at <= to - what.length; at++) {
        if (answer[at] == what[0]
            && answer[at + 1] == what[1]
            && Arrays.equals(answer, at, at + what.length, what, 0, what.length)) {
          return at;
        }
      }
      return -1;
    }

    private int bodyLength(int head) {
      String lines =
          new String(answer, 0, head + 2, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
      int at = lines.indexOf(LENGTH);
      if (at < 0 || !lines.startsWith("http/1.1 200")) {
        throw new IllegalStateException("no page: " + lines.lines().findFirst().orElse(""));
      }
      int from = at + LENGTH.length();
      return Integer.parseInt(lines.substring(from, lines.indexOf('\r', from)).strip());
    }

    private long next() {
      String tail = new String(
          answer, Math.max(0, have - TAIL), Math.min(have, TAIL), StandardCharsets.US_ASCII);
      int from = tail.lastIndexOf(NEXT) + NEXT.length();
      int to = from;
      while (Character.isDigit(tail.charAt(to))) {
        to++;
      }
      return Long.parseLong(tail.substring(from, to));
    }
  }
}
