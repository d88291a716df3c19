package io.m2mgate.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Hands a message over as it is. Only for this process: it never encodes. */
final class ByReferenceCodec<T> implements MessageCodec<T, T> {

  static final String NAME = "by-reference";

  @Override
  public void encodeToWire(Buffer buffer, T message) {
    throw new IllegalStateException("data-plane messages stay in this process");
  }

  @Override
  public T decodeFromWire(int pos, Buffer buffer) {
    throw new IllegalStateException("data-plane messages stay in this process");
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
