package io.m2mgate.bridge.mqtt;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Owns what a client sent behind CONNECT before its CONNACK, which it may (MQTT 3.1.1, 3.1.4) and which vertx-mqtt takes for a fault: one
 * read of the socket at most, for nothing is read meanwhile. Lives on the connection's event loop.
 */
final class EarlyPackets extends ChannelDuplexHandler {

  private final Deque<Object> early = new ArrayDeque<>();
  private boolean holding;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (holding) {
      early.addLast(message);
    } else {
      if (message instanceof MqttConnectMessage) {
        hold(context);
      }
      context.fireChannelRead(message);
    }
  }

  private void hold(ChannelHandlerContext context) {
    holding = true;
    context.channel().config().setAutoRead(false);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (holding && message instanceof MqttConnAckMessage) {
      // When who accepts has done all that belongs to it.
      context.executor().execute(() -> goOn(context));
    }
    context.write(message, promise);
  }

  private void goOn(ChannelHandlerContext context) {
    holding = false;
    if (early.isEmpty()) {
      context.channel().config().setAutoRead(true);
      return;
    }
    while (!early.isEmpty()) {
      context.fireChannelRead(early.removeFirst());
    }
    context.fireChannelReadComplete();
    context.channel().config().setAutoRead(true);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    context.fireChannelInactive();
  }
}
