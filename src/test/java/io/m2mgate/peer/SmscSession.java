package io.m2mgate.peer;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One connection to {@link SmscServer}: one thread reads, another brings what is held, and again what was not taken. */
final class SmscSession implements Runnable {
  private static final int WRONG_PASSWORD = 0x0E;
  private static final int WRONG_SYSTEM_ID = 0x0F;
  private static final int NOT_BOUND = 0x04;
  private static final int QUEUE_FULL = 0x14;
  private static final int THROTTLED = 0x58;
  private static final int NO_DESTINATION = 0x0B;
  private static final int SILENT = -1;
  private static final int RECEIPT = 0x04;
  private static final int WINDOW = 10;
  private static final long AGAIN_MILLIS = 500;
  private static final long LOOK_MILLIS = 20;

  private final SmscServer server;
  private final Socket socket;
  /** Message ids by the sequence numbers they went under. */
  private final Map<Integer, Integer> underWay = new ConcurrentHashMap<>();
  /** When a message that was not taken goes again; of the thread that brings. */
  private final Map<Integer, Long> again = new HashMap<>();

  private volatile boolean bound;
  private int sequence;

  SmscSession(SmscServer server, Socket socket) {
    this.server = server;
    this.socket = socket;
  }

  boolean isBound() {
    return bound;
  }

  @Override
  public void run() {
    try (socket) {
      var in = new DataInputStream(socket.getInputStream());
      while (true) {
        take(SmppPdu.read(in));
      }
    } catch (IOException end) {
      bound = false;
      server.ended(this);
    }
  }

  private void take(SmppPdu pdu) throws IOException {
    switch (pdu.command()) {
      case SmppPdu.BIND_TRANSCEIVER -> bind(pdu);
      case SmppPdu.ENQUIRE_LINK -> {
        server.enquiries.incrementAndGet();
        write(pdu.emptyAnswer());
      }
      case SmppPdu.SUBMIT_SM -> submit(pdu);
      case SmppPdu.DELIVER_SM | SmppPdu.RESPONSE -> delivered(pdu);
      case SmppPdu.UNBIND -> {
        write(pdu.emptyAnswer());
        throw new IOException("unbound");
      }
      default -> {
        if (pdu.command() >= 0) {
          write(new SmppPdu(SmppPdu.NACK, 3, pdu.sequence(), new byte[0]));
        }
      }
    }
  }

  private void bind(SmppPdu pdu) throws IOException {
    String[] who = SmppPdu.credentials(pdu.body());
    if (!who[0].equals(server.systemId)) {
      write(pdu.answer(WRONG_SYSTEM_ID, ""));
    } else if (!who[1].equals(server.password)) {
      write(pdu.answer(WRONG_PASSWORD, ""));
    } else {
      write(pdu.answer(0, "test-smsc"));
      bound = true;
      server.bound();
      new Thread(this::bring).start();
    }
  }

  private void submit(SmppPdu pdu) throws IOException {
    if (!bound) {
      write(pdu.answer(NOT_BOUND, ""));
      return;
    }
    int status = switch (server.nextMode()) {
      case "throttle" -> THROTTLED;
      case "full" -> QUEUE_FULL;
      case "refuse" -> NO_DESTINATION;
      case "silent" -> SILENT;
      default -> 0;
    };
    int id = server.store.submitted(status, pdu.bytes());
    if (status == SILENT) {
      return;
    }
    write(pdu.answer(status, status == 0 ? Integer.toHexString(id) : ""));
    SmppPdu.Message message = SmppPdu.message(pdu.body());
    if (status == 0 && message.registered() == 1 && !server.receipts.equals("none")) {
      String text = "id:" + Integer.toHexString(id)
          + " sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:"
          + server.receipts + " err:000 text:";
      server.store.hold(
          message.to(),
          message.from().isEmpty() ? "0" : message.from(),
          RECEIPT,
          0,
          HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII)),
          false);
    }
  }

  private void delivered(SmppPdu answer) throws IOException {
    Integer id = underWay.remove(answer.sequence());
    if (id != null && answer.status() == 0) {
      server.store.done(id);
    } else if (id != null) {
      synchronized (again) {
        again.put(id, System.currentTimeMillis() + AGAIN_MILLIS);
      }
    }
  }

  /** What is held goes in its order, a window at a time; what is not taken goes again after a while, as long as the session is bound. */
  private void bring() {
    try {
      while (bound) {
        for (SmscStore.Held message : server.store.held()) {
          if (underWay.size() < WINDOW && !underWay.containsValue(message.id()) && due(message)) {
            int number = ++sequence;
            underWay.put(number, message.id());
            write(SmppPdu.deliver(
                number,
                message.from(),
                message.to(),
                message.esmClass(),
                message.dataCoding(),
                message.content(),
                message.payload()));
          }
        }
        synchronized (again) {
          again.wait(LOOK_MILLIS);
        }
      }
    } catch (IOException | InterruptedException end) {
      bound = false;
    }
  }

  private boolean due(SmscStore.Held message) {
    synchronized (again) {
      return again.getOrDefault(message.id(), 0L) <= System.currentTimeMillis();
    }
  }

  private synchronized void write(SmppPdu pdu) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(pdu.bytes());
    out.flush();
  }

  /** Ends the connection without a word. */
  void drop() {
    try {
      bound = false;
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void unbind() {
    try {
      write(new SmppPdu(SmppPdu.UNBIND, 0, Integer.MAX_VALUE, new byte[0]));
    } catch (IOException gone) {
      bound = false;
    }
  }
}
