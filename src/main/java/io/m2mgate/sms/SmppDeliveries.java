package io.m2mgate.sms;

import io.m2mgate.api.ReceivedShortMessage;
import io.m2mgate.api.ShortMessageLink.Receiver;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.AlertNotification;
import org.jsmpp.bean.DataSm;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.OptionalParameter.Tag;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.DataSmResult;
import org.jsmpp.session.MessageReceiverListener;
import org.jsmpp.session.Session;

/**
 * What the centre brings. The library answers when a method returns, so that each message keeps one of its threads until it was taken;
 * the receiver bounds how many.
 */
final class SmppDeliveries implements MessageReceiverListener {

  private static final int HEADER = 0x40;

  private final Receiver receiver;
  private final long patienceMillis;

  SmppDeliveries(Receiver receiver, long patienceMillis) {
    this.receiver = receiver;
    this.patienceMillis = patienceMillis;
  }

  @Override
  public void onAcceptDeliverSm(DeliverSm message) throws ProcessRequestException {
    boolean underWay = message.isIntermediateDeliveryNotification();
    if (message.isSmscDeliveryReceipt() || underWay) {
      SmppReceipt.read(
              new String(content(message), StandardCharsets.ISO_8859_1),
              Optional.ofNullable(message.getOptionalParameter(Tag.RECEIPTED_MESSAGE_ID))
                  .map(OptionalParameter.COctetString.class::cast)
                  .map(OptionalParameter.COctetString::getValueAsString),
              underWay)
          .ifPresent(receiver::receipt);
    } else {
      take(message);
    }
  }

  private void take(DeliverSm message) throws ProcessRequestException {
    var received = new ReceivedShortMessage(
        number(message),
        message.getDestAddress(),
        message.getDataCoding() & 0xFF,
        (message.getEsmClass() & HEADER) != 0,
        content(message));
    try {
      receiver
          .message(received)
          .toCompletionStage()
          .toCompletableFuture()
          .get(patienceMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw later();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw later();
    }
  }

  /** The centre keeps the message and brings it again. */
  private static ProcessRequestException later() {
    return new ProcessRequestException("not taken now", SMPPConstant.STAT_ESME_RX_T_APPN);
  }

  private static byte[] content(DeliverSm message) {
    byte[] text = message.getShortMessage();
    OptionalParameter payload = message.getOptionalParameter(Tag.MESSAGE_PAYLOAD);
    return (text == null || text.length == 0)
            && payload instanceof OptionalParameter.OctetString octets
        ? octets.getValue()
        : text == null ? new byte[0] : text;
  }

  /** An international number says so by a plus, so that nobody has to guess what its first digits are. */
  private static String number(DeliverSm message) {
    String number = message.getSourceAddr();
    boolean international = message.getSourceAddrTon() == TypeOfNumber.INTERNATIONAL.value();
    return international && !number.startsWith("+") ? "+" + number : number;
  }

  @Override
  public void onAcceptAlertNotification(AlertNotification notification) {
    // That a telephone is there again says nothing of a terminal.
  }

  @Override
  public DataSmResult onAcceptDataSm(DataSm message, Session source)
      throws ProcessRequestException {
    throw new ProcessRequestException("no data_sm here", SMPPConstant.STAT_ESME_RINVCMDID);
  }
}
