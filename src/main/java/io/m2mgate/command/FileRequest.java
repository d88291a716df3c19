package io.m2mgate.command;

import io.m2mgate.bus.FileAsked.Step;
import io.m2mgate.bus.Uplink;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.MalformedFrame;

/**
 * What a FILE_REQ asks for.
 *
 * @param transaction unsigned
 * @param offset unsigned
 */
record FileRequest(long transaction, Step step, long offset, int length) {

  /** @throws MalformedFrame when it is not all there */
  static FileRequest read(Uplink uplink) throws MalformedFrame {
    Body body = uplink.body();
    String status = uplink.dialect().fileStatuses().nameOf(body.intOf("status"));
    return new FileRequest(
        Integer.toUnsignedLong(body.intOf("transId")),
        switch (status) {
          case "start" -> Step.START;
          case "finished" -> Step.FINISHED;
          case "aborted" -> Step.ABORTED;
          default -> Step.CONTINUE;
        },
        Integer.toUnsignedLong(body.intOf("readPoint")),
        body.intOf("blockSize"));
  }

  /** It says how the download ended, and asks for nothing. */
  boolean isWord() {
    return step == Step.FINISHED || step == Step.ABORTED;
  }
}
