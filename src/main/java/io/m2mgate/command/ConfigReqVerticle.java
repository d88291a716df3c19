package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Command;
import io.m2mgate.security.SecretBox;
import io.m2mgate.session.Terminal;
import io.m2mgate.store.Change;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * CONFIG_REQ: a terminal asks what its parameters are to be, and is told what is desired, once it is durable that it was; where
 * nothing is desired of one of them, which those are, from memory (clause 5.3.6).
 */
public final class ConfigReqVerticle extends UplinkVerticle {

  private final SecretBox box;

  public ConfigReqVerticle(SecretBox box) {
    super(Command.CONFIG_REQ);
    this.box = box;
  }

  @Override
  protected void handle(Uplink asked) {
    Set<Integer> tags = new LinkedHashSet<>();
    try {
      Body body = asked.body();
      for (TlvReader tlvs = body.tlvs(); tlvs.next(); ) {
        tags.add(tlvs.tag());
      }
    } catch (MalformedFrame e) {
      refuse(asked);
      return;
    }
    if (tags.isEmpty()) {
      refuse(asked);
    } else {
      tell(asked, tags);
    }
  }

  private void tell(Uplink asked, Set<Integer> tags) {
    Map<Integer, byte[]> desired = asked.terminal().syncList().desired();
    boolean all = desired.keySet().containsAll(tags);
    int result = asked.command().results().code(all ? "ok" : "badTag");
    BodyWriter body = new BodyWriter().u8(result);
    for (int tag : tags) {
      if (all) {
        body.bytes(desired.get(tag));
      } else if (!desired.containsKey(tag)) {
        body.pair(tag);
      }
    }
    Map<Integer, byte[]> told = new HashMap<>(desired);
    told.keySet().retainAll(tags);
    if (all && asked.terminal().syncList().tell(told)) {
      commitThenAnswer(asked, List.of(kept(asked.terminal())), result, body.toBytes());
    } else {
      answer(asked, result, body.toBytes());
    }
  }

  /** What it was told must be known when it says that it took it, by order and not by number (clause 5.2.3). */
  private Change kept(Terminal terminal) {
    byte[] sealed =
        box.seal(terminal.serial(), SecretKinds.SYNC_LIST, terminal.syncList().toBytes());
    return new Change.PutSyncList(terminal.serial(), sealed);
  }
}
