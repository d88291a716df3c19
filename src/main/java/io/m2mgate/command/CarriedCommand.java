package io.m2mgate.command;

import io.m2mgate.bus.Uplink;
import io.m2mgate.dictionary.Tags;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.InnerCommand;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.Optional;
import java.util.Set;

/**
 * What is in a TRANSPARENT_CMD from a terminal (wire 7).
 *
 * @param inner the command that it carries; empty for none
 * @param tlvs all but the address, as they came
 * @param application that it is for; empty for the bound one
 * @param toTerminal it is for a terminal
 * @param destinations how many it names
 * @param secret one of the TLVs is a secret
 */
record CarriedCommand(
    Optional<InnerCommand> inner,
    byte[] tlvs,
    String application,
    boolean toTerminal,
    int destinations,
    boolean secret) {

  static CarriedCommand of(Uplink uplink) throws MalformedFrame {
    Body body = uplink.body();
    Tags tags = uplink.dialect().tags();
    Set<Integer> destinationTags =
        Set.of(tags.destinationTerminal(), tags.destinationApplication());
    Set<Integer> sourceTags = Set.of(tags.sourceTerminal(), tags.sourceApplication());
    BodyWriter carried = new BodyWriter();
    String application = "";
    boolean toTerminal = false;
    boolean secret = false;
    int destinations = 0;
    for (TlvReader tlv = body.tlvs(); tlv.next(); ) {
      if (destinationTags.contains(tlv.tag())) {
        destinations++;
        toTerminal |= tlv.tag() == tags.destinationTerminal();
        application = tlv.tag() == tags.destinationApplication() ? tlv.ascii() : application;
      } else if (!sourceTags.contains(tlv.tag())) {
        secret |= uplink.dialect().tlv(tlv.tag()).secret();
        carried.bytes(tlv.array(), tlv.tlvOffset(), tlv.position() - tlv.tlvOffset());
      }
    }
    return new CarriedCommand(
        InnerCommand.of(body), carried.toBytes(), application, toTerminal, destinations, secret);
  }
}
