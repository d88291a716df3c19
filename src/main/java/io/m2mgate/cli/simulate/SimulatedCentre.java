package io.m2mgate.cli.simulate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.extra.SessionState;
import org.jsmpp.session.SMPPServerSession;
import org.jsmpp.session.SMPPServerSessionListener;
import org.jsmpp.session.connection.ServerConnection;
import org.jsmpp.session.connection.ServerConnectionFactory;
import org.jsmpp.session.connection.socket.ServerSocketConnection;

/**
 * A short message centre that a gateway binds to over SMPP 3.4, with whatever account. It keeps what terminals send until the gateway
 * acknowledges it, and brings it again until then; what the gateway sends goes to whoever has the number. Any thread; the library blocks
 * for each answer, so that every message under way has a thread of the centre's.
 */
public final class SimulatedCentre implements AutoCloseable {
  private static final int BACKLOG = 10;
  private static final int UNDER_WAY = 10;
  private static final int MOST_HELD = 100_000;
  private static final long AGAIN_MILLIS = 500;
  private static final long ANSWER_MILLIS = 15_000;
  private static final int ENQUIRE_MILLIS = 30_000;
  private static final int BIND_MILLIS = 10_000;
  private static final byte EIGHT_BIT = 4;
  private static final byte HEADER = 0x40;
  private static final String SERVICE = "10657109";

  private final int port;
  private final SMPPServerSessionListener listener;
  private final ScheduledThreadPoolExecutor carriers;
  private final AtomicReference<SMPPServerSession> gateway = new AtomicReference<>();
  private final Promise<Void> bound = Promise.promise();
  private final Map<String, Consumer<byte[]>> telephones = new ConcurrentHashMap<>();
  private final AtomicInteger held = new AtomicInteger();
  private final CentreFigures figures = new CentreFigures();

  /** The library does not tell which port it was given. */
  private record OpenSocket(ServerSocket socket) implements ServerConnectionFactory {
    @Override
    public ServerConnection listen(int port) {
      return new ServerSocketConnection(socket);
    }

    @Override
    public ServerConnection listen(int port, int timeout) {
      return listen(port);
    }

    @Override
    public ServerConnection listen(int port, int timeout, int backlog) {
      return listen(port);
    }
  }

  private SimulatedCentre(int port, SMPPServerSessionListener listener) {
    this.port = port;
    this.listener = listener;
    this.carriers = new ScheduledThreadPoolExecutor(UNDER_WAY, work -> daemon(work, "carrier"));
    carriers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Begins to listen, on this machine only.
   *
   * @param port 0 for any that is free
   */
  public static SimulatedCentre open(int port) throws IOException {
    var socket = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    var listener = new SMPPServerSessionListener(port, new OpenSocket(socket));
    listener.setPduProcessorDegree(UNDER_WAY);
    var centre = new SimulatedCentre(socket.getLocalPort(), listener);
    listener.setMessageReceiverListener(new CentreSubmits(centre::submitted));
    daemon(centre::accept, "accept").start();
    return centre;
  }

  private static Thread daemon(Runnable work, String what) {
    var thread = new Thread(work, "m2mgate-smsc-" + what);
    thread.setDaemon(true);
    return thread;
  }

  public int port() {
    return port;
  }

  /** Completes when a gateway has bound for the first time. */
  Future<Void> bound() {
    return bound.future();
  }

  /** Whether the gateway has acknowledged everything. */
  boolean isEmpty() {
    return held.get() == 0;
  }

  CentreFigures figures() {
    return figures;
  }

  CentreReport report() {
    return figures.report(held.get());
  }

  // The gateway

  private void accept() {
    try {
      while (true) {
        bind(listener.accept());
      }
    } catch (IOException closed) {
      // Nobody binds any more.
    }
  }

  private void bind(SMPPServerSession session) {
    session.setTransactionTimer(ANSWER_MILLIS);
    session.setEnquireLinkTimer(ENQUIRE_MILLIS);
    session.addSessionStateListener((now, before, source) -> {
      if (now == SessionState.CLOSED) {
        gateway.compareAndSet(session, null);
      }
    });
    try {
      session.waitForBind(BIND_MILLIS).accept("SIMULATE");
    } catch (TimeoutException | PDUException | IOException | IllegalStateException e) {
      session.close();
      return;
    }
    gateway.set(session);
    bound.tryComplete();
  }

  private void submitted(String number, byte[] userData) {
    Consumer<byte[]> telephone = telephones.get(number);
    if (telephone == null) {
      figures.nobody.increment();
    } else {
      figures.given.increment();
      telephone.accept(userData);
    }
  }

  // Terminals

  /** What is sent to a number goes there from now on; called on a thread of the centre's, must not block. */
  void subscribe(String number, Consumer<byte[]> telephone) {
    telephones.put(number, telephone);
  }

  void unsubscribe(String number) {
    telephones.remove(number);
  }

  /** Brings it to the gateway, as often as it takes. */
  void deliver(String from, byte[] userData) {
    if (held.incrementAndGet() > MOST_HELD) {
      held.decrementAndGet();
      figures.full.increment();
      return;
    }
    carriers.execute(() -> bring(from, userData));
  }

  private void bring(String from, byte[] userData) {
    SMPPServerSession session = gateway.get();
    if (session != null) {
      try {
        bring(session, from, userData);
        held.decrementAndGet();
        figures.taken.increment();
        return;
      } catch (NegativeResponseException
          | ResponseTimeoutException
          | InvalidResponseException
          | IOException e) {
        figures.again.increment();
      } catch (PDUException e) {
        throw new IllegalStateException("a message that does not fit SMPP", e);
      }
    }
    if (!carriers.isShutdown()) {
      carriers.schedule(() -> bring(from, userData), AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private static void bring(SMPPServerSession session, String from, byte[] userData)
      throws PDUException, ResponseTimeoutException, InvalidResponseException,
          NegativeResponseException, IOException {
    session.deliverShortMessage(
        "",
        TypeOfNumber.INTERNATIONAL,
        NumberingPlanIndicator.ISDN,
        from,
        TypeOfNumber.UNKNOWN,
        NumberingPlanIndicator.ISDN,
        SERVICE,
        new ESMClass(HEADER),
        (byte) 0,
        (byte) 0,
        new RegisteredDelivery(0),
        new RawDataCoding(EIGHT_BIT),
        userData);
  }

  /** Hangs up, and forgets what it holds. */
  @Override
  public void close() throws IOException {
    carriers.shutdownNow();
    listener.close();
    SMPPServerSession session = gateway.getAndSet(null);
    if (session != null) {
      session.close();
    }
  }
}
