package io.m2mgate.net;

import io.m2mgate.api.ShortMessage;
import io.m2mgate.api.ShortMessageFault;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneVerticle;
import io.m2mgate.bus.OutboundBatch;
import io.m2mgate.bus.ReceivedFrame;
import io.m2mgate.dictionary.ShortMessageDef;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.MessageOrigin;
import io.m2mgate.session.Origin;
import io.m2mgate.sms.MessageCentre;
import io.m2mgate.sms.UserData;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.micrometer.core.instrument.Counter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The short messages of one lane's terminals: frames that came by them go the way of all frames, and what goes out to numbers is
 * handed to the centre. One on each lane.
 */
public final class SmsBearerVerticle extends LaneVerticle {

  private static final Logger LOG = LoggerFactory.getLogger(SmsBearerVerticle.class);

  private final MessageCentre centre;
  private final int maxFrame;
  private final long answerMillis;
  private final boolean receipts;
  private final Map<MessageOrigin, MessageExchange> underWay = new IdentityHashMap<>();
  private List<Inbound> pass = new ArrayList<>();
  private ShortMessageDef form;
  private FrameDecoder decoder;
  private Counter tooLong;

  /**
   * @param answerMillis how long after a request is finished with its answer is waited for
   * @param receipts the centre is to say what became of messages
   */
  public SmsBearerVerticle(
      MessageCentre centre, int maxFrame, long answerMillis, boolean receipts) {
    this.receipts = receipts;
    this.centre = centre;
    this.maxFrame = maxFrame;
    this.answerMillis = answerMillis;
  }

  @Override
  protected Future<?> open() {
    form = lane().services().dictionary().dialect().shortMessages();
    decoder = new FrameDecoder(lane().services().dictionary(), maxFrame);
    tooLong = lane()
        .metrics()
        .counter(
            "m2mgate_sms_too_long", "Frames that were not sent, for no short message takes them");
    int index = lane().index();
    this.<ReceivedFrame>consume(Addresses.shortMessage(index), this::received);
    this.<OutboundBatch>consume(
        Addresses.outbound(index, Origin.SMS), batch -> batch.frames().forEach(this::write));
    return Future.succeededFuture();
  }

  private void received(ReceivedFrame message) {
    if (lane().credits().exhausted()) {
      message
          .taken()
          .fail(new ShortMessageFault(ShortMessageFault.Kind.LATER, "the lane has no credit"));
      return;
    }
    Frame frame;
    try {
      frame = decoder.frame(message.bytes(), 0, message.bytes().length);
    } catch (MalformedFrame e) {
      throw new IllegalStateException("a frame that was one is none", e);
    }
    MessageExchange exchange =
        new MessageExchange(vertx, message.taken(), answerMillis, !frame.isAck());
    MessageOrigin from =
        new MessageOrigin(lane().index(), message.number(), Optional.of(exchange::completed));
    underWay.put(from, exchange);
    exchange.whenOver(() -> underWay.remove(from));
    lane().credits().take(frame.length());
    if (pass.isEmpty()) {
      context.runOnContext(nothing -> endPass());
    }
    pass.add(new Inbound(frame, from, lane().nowMillis()));
  }

  private void endPass() {
    List<Inbound> batch = pass;
    pass = new ArrayList<>();
    lane().metrics().received(batch.size());
    lane().send(Addresses.inbound(lane().index()), new InboundBatch(batch));
  }

  private void write(OutboundBatch.Sealed sealed) {
    MessageOrigin to = (MessageOrigin) sealed.origin();
    byte[] bytes = sealed.frame();
    String serial = serial(bytes);
    if (bytes.length > form.maxFrameBytes()) {
      tooLong.increment();
      LOG.warn(
          "terminal {}: a frame of {} bytes is longer than a short message takes, {}",
          serial,
          bytes.length,
          form.maxFrameBytes());
      return;
    }
    Optional<MessageExchange> exchange = Optional.ofNullable(underWay.get(to));
    exchange.ifPresent(MessageExchange::answering);
    lane().metrics().sent(1);
    centre
        .send(
            serial, new ShortMessage(to.number(), UserData.toTerminal(form, bytes), true, receipts))
        .onComplete(done -> context.runOnContext(nothing -> {
          if (done.failed()) {
            LOG.debug("terminal {}: {}", serial, done.cause().getMessage());
          }
          exchange.ifPresent(it -> {
            if (done.succeeded()) {
              it.sent();
            } else {
              it.unsent(done.cause());
            }
          });
        }));
  }

  private String serial(byte[] frame) {
    try {
      return decoder.frame(frame, 0, frame.length).serial();
    } catch (MalformedFrame e) {
      throw new IllegalStateException("what was sealed is no frame", e);
    }
  }
}
