package io.m2mgate.bridge.mqtt;

import io.vertx.core.json.JsonObject;

/** What every client library is put through. */
interface TableClient extends AutoCloseable {
  /** Whether the session was there. */
  boolean present();

  /** Gives what the broker answered: the granted QoS, or 0x80 and above. */
  int subscribe(String filter, int qos) throws Exception;

  /** The payload of the next message. */
  JsonObject event() throws Exception;

  /** Ends without DISCONNECT. */
  void die() throws Exception;
}
