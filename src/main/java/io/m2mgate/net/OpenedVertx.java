package io.m2mgate.net;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.VertxWrapper;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.NetServerImpl;
import io.vertx.core.net.impl.NetServerInternal;
import java.util.function.Consumer;

/**
 * Gives a library that makes its server itself one whose connections somebody else equips, for vertx-mqtt lets nobody at its pipelines.
 * Stateless.
 */
public final class OpenedVertx extends VertxWrapper {

  private final Consumer<ChannelHandlerContext> equipment;

  /**
   * @param equipment gets each connection's last handler once the library has added its own, on the connection's event loop
   */
  public OpenedVertx(Vertx vertx, Consumer<ChannelHandlerContext> equipment) {
    super((VertxInternal) vertx);
    this.equipment = equipment;
  }

  @Override
  public NetServerInternal createNetServer(NetServerOptions options) {
    return new Server((VertxInternal) delegate, options, equipment);
  }

  private static final class Server extends NetServerImpl {
    private final Consumer<ChannelHandlerContext> equipment;

    private Server(
        VertxInternal vertx, NetServerOptions options, Consumer<ChannelHandlerContext> equipment) {
      super(vertx, options.copy());
      this.equipment = equipment;
    }

    @Override
    public synchronized NetServerInternal connectHandler(Handler<NetSocket> handler) {
      return super.connectHandler(socket -> {
        handler.handle(socket);
        equipment.accept(((NetSocketInternal) socket).channelHandlerContext());
      });
    }
  }
}
