package io.m2mgate.cli.bench;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;

/**
 * Sends back whatever it gets: what Vert.x itself can do on this machine, the floor that the gateway is compared with. A process of
 * its own, with as many event loops as the gateway has lanes.
 */
final class EchoServer {
  static final String READY = "echo ready ";

  private static final int ANY_SHARED_PORT = -1;
  private static final int BACKLOG = 4096;

  private EchoServer() {}

  public static void main(String[] args) {
    Probe.start();
    int loops = Integer.parseInt(args[0]);
    var last = new Listener[1];
    Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true))
        .deployVerticle(() -> last[0] = new Listener(), new DeploymentOptions().setInstances(loops))
        .onSuccess(deployed -> System.out.println(READY + last[0].server.actualPort()))
        .onFailure(failure -> {
          System.err.println("echo: " + failure.getMessage());
          System.exit(1);
        });
  }

  private static final class Listener extends VerticleBase {
    private NetServer server;

    @Override
    public Future<?> start() {
      server = vertx.createNetServer(new NetServerOptions()
          .setHost("127.0.0.1")
          .setPort(ANY_SHARED_PORT)
          .setTcpNoDelay(true)
          .setAcceptBacklog(BACKLOG));
      return server.connectHandler(socket -> socket.handler(socket::write)).listen();
    }
  }
}
