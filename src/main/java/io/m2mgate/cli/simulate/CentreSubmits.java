package io.m2mgate.cli.simulate;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jsmpp.PDUStringException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.BroadcastSm;
import org.jsmpp.bean.CancelBroadcastSm;
import org.jsmpp.bean.CancelSm;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.QueryBroadcastSm;
import org.jsmpp.bean.QuerySm;
import org.jsmpp.bean.ReplaceSm;
import org.jsmpp.bean.SubmitMulti;
import org.jsmpp.bean.SubmitSm;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.BroadcastSmResult;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.QueryBroadcastSmResult;
import org.jsmpp.session.QuerySmResult;
import org.jsmpp.session.SMPPServerSession;
import org.jsmpp.session.ServerMessageReceiverListener;
import org.jsmpp.session.Session;
import org.jsmpp.session.SubmitMultiResult;
import org.jsmpp.session.SubmitSmResult;
import org.jsmpp.util.MessageId;

/** What a gateway may ask of the centre: to bring a message to one number. Any thread. */
final class CentreSubmits implements ServerMessageReceiverListener {
  private final BiConsumer<String, byte[]> taker;
  private final AtomicLong ids = new AtomicLong();

  /** @param taker of number and user data; must not block */
  CentreSubmits(BiConsumer<String, byte[]> taker) {
    this.taker = taker;
  }

  @Override
  public SubmitSmResult onAcceptSubmitSm(SubmitSm message, SMPPServerSession source)
      throws ProcessRequestException {
    taker.accept(message.getDestAddress(), message.getShortMessage());
    try {
      return new SubmitSmResult(
          new MessageId(Long.toString(ids.incrementAndGet())), new OptionalParameter[0]);
    } catch (PDUStringException e) {
      throw new IllegalStateException("a number that is no message id", e);
    }
  }

  private static ProcessRequestException unknown() {
    return new ProcessRequestException(
        "submit_sm is all that there is", SMPPConstant.STAT_ESME_RINVCMDID);
  }

  @Override
  public SubmitMultiResult onAcceptSubmitMulti(SubmitMulti message, SMPPServerSession source)
      throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public QuerySmResult onAcceptQuerySm(QuerySm query, SMPPServerSession source)
      throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public void onAcceptReplaceSm(ReplaceSm message, SMPPServerSession source)
      throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public void onAcceptCancelSm(CancelSm message, SMPPServerSession source)
      throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public BroadcastSmResult onAcceptBroadcastSm(BroadcastSm message, SMPPServerSession source)
      throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public void onAcceptCancelBroadcastSm(CancelBroadcastSm message, SMPPServerSession source)
      throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public QueryBroadcastSmResult onAcceptQueryBroadcastSm(
      QueryBroadcastSm query, SMPPServerSession source) throws ProcessRequestException {
    throw unknown();
  }

  @Override
  public DataSmResult onAcceptDataSm(DataSm message, Session source)
      throws ProcessRequestException {
    throw unknown();
  }
}
