package io.m2mgate.command;

import io.m2mgate.bus.Opening;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.session.LoginFacts;
import io.m2mgate.session.SyncList;
import io.m2mgate.session.Terminal;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.ContentHash;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;

/**
 * What a LOGIN says.
 *
 * @param keys what it says of keys
 * @param hash of all but what a repeat may change: sequence, cell, signal, bit error rate, digest (5.2.1)
 */
record LoginRequest(LoginFacts facts, int configCrc32, LoginKeys keys, long hash) {

  static LoginRequest read(Opening login) throws MalformedFrame {
    Body body = Body.read(
        login.dialect(),
        login.command(),
        false,
        login.bytes(),
        login.bodyOffset(),
        login.bodyLength(),
        false);
    body.checkTlvs(new TlvReader());
    Radio radio = Radio.of(body);
    LoginKeys keys = LoginKeys.read(body);
    return new LoginRequest(
        new LoginFacts(
            body.textOf("softwareVersion"),
            radio.signal(),
            radio.lac(),
            radio.cell(),
            keys.pin1Cleared(),
            Integer.toUnsignedLong(body.intOf("configCrc32"))),
        body.intOf("configCrc32"),
        keys,
        hash(login, body));
  }

  private static long hash(Opening login, Body body) throws MalformedFrame {
    Tags tags = login.dialect().tags();
    BodyWriter lasting = new BodyWriter();
    lasting.bytes(body.bytes(), body.offset(), body.tlvOffset() - body.offset());
    TlvReader tlvs = body.tlvs();
    while (tlvs.next()) {
      int tag = tlvs.tag();
      if (tag != tags.cellId()
          && tag != tags.signalLevel()
          && tag != tags.bitErrorRate()
          && tag != tags.digest()) {
        lasting.tlv(tag, tlvs.array(), tlvs.valueOffset(), tlvs.valueLength());
      }
    }
    return ContentHash.hash64(
        login.inbound().frame().requestCommand(), lasting.array(), 0, lasting.length());
  }

  /**
   * The name of the result that a good login gets (5.3.2): an empty list is equal to whatever the platform holds, any other to what
   * is desired of the terminal or, where nothing of it is, to what it reported.
   */
  String result(Terminal terminal, Tags tags) {
    SyncList synced = terminal.syncList();
    boolean equal =
        configCrc32 == 0 || synced.matches(tags.syncTagList(), configCrc32, synced.desired());
    return equal ? "inSync" : "configurationDiffers";
  }
}
