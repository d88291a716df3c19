package io.m2mgate.sms;

import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.api.ShortMessageFault.Kind;
import io.m2mgate.api.ShortMessageLink.Receiver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jsmpp.DefaultPDUReader;
import org.jsmpp.DefaultPDUSender;
import org.jsmpp.InvalidCommandLengthException;
import org.jsmpp.InvalidResponseException;
import org.jsmpp.PDUException;
import org.jsmpp.SynchronizedPDUSender;
import org.jsmpp.bean.BindType;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.InterfaceVersion;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.RawDataCoding;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.NegativeResponseException;
import org.jsmpp.extra.ResponseTimeoutException;
import org.jsmpp.extra.SessionState;
import org.jsmpp.session.BindParameter;
import org.jsmpp.session.SMPPSession;
import org.jsmpp.session.connection.ConnectionFactory;
import org.jsmpp.util.DefaultComposer;

/**
 * One bound session with the centre, and what it has not answered. The library blocks for each answer, so that every message under way
 * has a thread of this session's; they end with it.
 */
final class SmppSession {

  private static final byte EIGHT_BIT = 4;
  private static final int HEADER = 0x40;
  private static final int LONGEST_PDU = 64 * 1024 + 1024;
  /** For answers and enquiries while every other one waits for a message to be taken. */
  private static final int SPARE_THREADS = 2;

  private static final long IDLE_SECONDS = 10;

  private final SmppOptions options;
  private final SMPPSession session;
  private final Consumer<String> lost;
  private final ThreadPoolExecutor submits;
  private final Set<Submit> underWay = ConcurrentHashMap.newKeySet();
  private final Promise<Void> closed = Promise.promise();
  private volatile boolean bound;
  private volatile boolean over;
  private volatile String end = "the connection was lost";

  /** One message that the centre has not answered. */
  private static final class Submit {
    private final ShortMessage message;
    private final Promise<String> answer = Promise.promise();
    private volatile boolean begun;

    private Submit(ShortMessage message) {
      this.message = message;
    }
  }

  /** Believes no length that would fill the memory. */
  private static final class BoundedReader extends DefaultPDUReader {
    @Override
    public Command readPDUHeader(DataInputStream in)
        throws InvalidCommandLengthException, IOException {
      Command header = super.readPDUHeader(in);
      if (header.getCommandLength() > LONGEST_PDU) {
        throw new IOException("a PDU of " + header.getCommandLength() + " bytes");
      }
      return header;
    }
  }

  /** @param lost called once, with the reason, when a session that was bound is over; must not block */
  SmppSession(
      SmppOptions options,
      ConnectionFactory connections,
      Receiver receiver,
      Consumer<String> lost) {
    this.options = options;
    this.lost = lost;
    this.submits = new ThreadPoolExecutor(
        options.window(),
        options.window(),
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(options.window()),
        work -> {
          var thread = new Thread(work, "m2mgate-sms-submit");
          thread.setDaemon(true);
          return thread;
        });
    submits.allowCoreThreadTimeOut(true);
    this.session = new SMPPSession(
        new SynchronizedPDUSender(new DefaultPDUSender(new DefaultComposer())),
        new BoundedReader(),
        connections);
    session.setTransactionTimer(options.times().answer());
    session.setEnquireLinkTimer(options.times().enquire());
    session.setPduProcessorDegree(options.incoming() + SPARE_THREADS);
    session.setQueueCapacity(2 * (options.incoming() + options.window()));
    session.setMessageReceiverListener(
        new SmppDeliveries(receiver, options.times().answer()));
    session.addSessionStateListener((now, before, source) -> {
      if (now == SessionState.UNBOUND) {
        end = "the centre unbound";
      } else if (now == SessionState.CLOSED) {
        closed.tryComplete();
        ended();
      }
    });
  }

  /** Connects and binds; blocks. */
  void bind() throws IOException {
    SmppOptions.Account account = options.account();
    try {
      session.connectAndBind(
          options.host(),
          options.port(),
          new BindParameter(
              BindType.BIND_TRX,
              account.systemId(),
              account.password().value(),
              account.systemType(),
              TypeOfNumber.UNKNOWN,
              NumberingPlanIndicator.UNKNOWN,
              "",
              InterfaceVersion.IF_34),
          options.times().connect());
    } catch (IOException | RuntimeException e) {
      session.close();
      submits.shutdown();
      throw e;
    }
    bound = true;
    if (session.getSessionState() == SessionState.CLOSED) {
      ended();
    }
  }

  Future<String> submit(ShortMessage message) {
    Submit submit = new Submit(message);
    underWay.add(submit);
    submit.answer.future().onComplete(done -> underWay.remove(submit));
    try {
      submits.execute(() -> ask(submit));
    } catch (RejectedExecutionException full) {
      fail(submit, Kind.LATER, over ? end : "sms.window is full");
    }
    return submit.answer.future();
  }

  private void ask(Submit submit) {
    submit.begun = true;
    if (over) {
      fail(submit, Kind.LATER, end);
      return;
    }
    try {
      submit.answer.tryComplete(submitted(submit.message));
    } catch (NegativeResponseException e) {
      int status = e.getCommandStatus();
      fail(submit, SmppStatus.kind(status), SmppStatus.text(status));
    } catch (ResponseTimeoutException e) {
      fail(submit, Kind.DOUBTFUL, "no answer in time");
    } catch (InvalidResponseException e) {
      fail(submit, Kind.DOUBTFUL, "an answer that means nothing");
    } catch (PDUException e) {
      fail(submit, Kind.REFUSED, "it does not fit SMPP: " + e.getMessage());
    } catch (IOException e) {
      fail(submit, Kind.DOUBTFUL, end);
    }
  }

  private String submitted(ShortMessage message)
      throws PDUException, ResponseTimeoutException, InvalidResponseException,
          NegativeResponseException, IOException {
    SmppOptions.Address from = options.source();
    SmppOptions.Address to = options.destination();
    boolean receipt = options.receipts() && message.wantsReceipt();
    String id = session
        .submitShortMessage(
            "",
            from.ton(),
            from.npi(),
            from.number(),
            to.ton(),
            to.npi(),
            message.to(),
            new ESMClass(message.hasHeader() ? HEADER : 0),
            (byte) 0,
            (byte) 0,
            null,
            null,
            new RegisteredDelivery(receipt ? 1 : 0),
            (byte) 0,
            new RawDataCoding(EIGHT_BIT),
            (byte) 0,
            message.userData())
        .getMessageId();
    return id == null ? "" : id;
  }

  private static void fail(Submit submit, Kind kind, String reason) {
    submit.answer.tryFail(new ShortMessageFault(kind, reason));
  }

  /** Nobody answers any more. What had begun may have arrived. */
  private void ended() {
    if (!bound || over) {
      return;
    }
    over = true;
    submits.shutdown();
    for (Submit submit : underWay) {
      fail(submit, submit.begun ? Kind.DOUBTFUL : Kind.LATER, end);
    }
    lost.accept(end);
  }

  /** Completes when the connection is closed. */
  Future<Void> closed() {
    return closed.future();
  }

  /**
   * Says unbind, and ends. Blocks for as long as the centre may take for its answer, which the library may miss when the centre closes
   * right behind it: {@link #closed} knows earlier.
   */
  void close() {
    end = "the gateway closed it";
    session.unbindAndClose();
  }
}
