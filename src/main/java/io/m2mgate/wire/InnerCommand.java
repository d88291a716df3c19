package io.m2mgate.wire;

import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Layout;
import java.util.Optional;

/**
 * The command that a TRANSPARENT_CMD carries (wire.md 7). Immutable.
 *
 * @param id as it stands, an ack with its bit
 * @param command empty where the dialect does not know it
 */
public record InnerCommand(int id, boolean ack, Optional<CommandDef> command) {

  static final int COMMAND_BYTES = 2;

  /** The command whose two bytes begin here. */
  static InnerCommand at(Dialect dialect, byte[] b, int off) {
    int id = Bytes.u16(b, off);
    int bit = dialect.header().ackBit();
    int request = id & ~bit & 0xFFFF;
    return new InnerCommand(
        id,
        (id & bit) != 0,
        dialect.knows(request) ? Optional.of(dialect.command(request)) : Optional.empty());
  }

  /**
   * Of the body of a TRANSPARENT_CMD; empty where it carries none.
   *
   * @throws MalformedFrame when the TLVs before it cannot be read
   */
  public static Optional<InnerCommand> of(Body body) throws MalformedFrame {
    var reader = body.tlvs();
    return body.first(body.dialect().tags().transparentCommand(), reader)
            && reader.valueLength() >= COMMAND_BYTES
        ? Optional.of(at(body.dialect(), reader.array(), reader.valueOffset()))
        : Optional.empty();
  }

  /** Whether these bytes are TLVs of which the first carries a command. */
  public static boolean leads(Dialect dialect, byte[] tlvs) {
    TlvReader reader = new TlvReader(tlvs, 0, tlvs.length, false);
    try {
      boolean leads = reader.next()
          && reader.tag() == dialect.tags().transparentCommand()
          && reader.valueLength() >= COMMAND_BYTES;
      while (reader.next()) {
        // The rest must be whole, whatever it is.
      }
      return leads;
    } catch (MalformedFrame e) {
      return false;
    }
  }

  public String name() {
    return command.map(it -> it.name(ack)).orElse("unknown command " + hex());
  }

  public String hex() {
    return String.format("%04X", id);
  }

  Optional<Layout> layout() {
    return command.map(it -> it.layout(ack));
  }
}
