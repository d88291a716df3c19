package io.m2mgate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.FieldDef;
import io.m2mgate.dictionary.Layout;
import io.m2mgate.dictionary.StructDef;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.dictionary.TlvType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundTripTest {
  private record Tlv(int tag, String hex) {}

  /** Verifies that every command, both directions, with and without digest, reads back as it was built. */
  @Test
  void everyCommand() {
    roundTrips(Dictionary.load(), "wmmp-3");
  }

  /** Verifies the same of the older header without flags. */
  @Test
  void olderHeader() {
    roundTrips(Dictionary.load(Path.of("conf/examples/dialects")), "wmmp-1");
  }

  private static void roundTrips(Dictionary dictionary, String name) {
    var dialect = dictionary.dialect(name).orElseThrow();
    var decoder = new FrameDecoder(dictionary, 0xFFFF);
    Seeds.forAll(200, random -> {
      for (Command command : Command.values()) {
        roundTrip(dialect, decoder, command, false, random);
        roundTrip(dialect, decoder, command, true, random);
      }
    });
  }

  private static void roundTrip(
      Dialect dialect, FrameDecoder decoder, Command command, boolean ack, Random random)
      throws MalformedFrame {
    var layout = dialect.command(command).layout(ack);
    var builder = ack ? FrameBuilder.ack(dialect, command) : FrameBuilder.request(dialect, command);
    var fields = fields(layout, random);
    fields.forEach(builder::field);
    var tlvs = tlvs(dialect, layout, random);
    tlvs.forEach(t -> builder.tlv(t.tag(), Bytes.unhex(t.hex())));
    boolean digest = random.nextBoolean();
    int sequence = random.nextInt();
    var serial = Seeds.serial(random);
    int flags = random.nextInt(256) & ~dialect.flags().wrapped();
    builder.sequence(sequence).serial(serial).flags(flags);
    var bytes = (digest ? builder.digest() : builder).build();
    int shift = random.nextInt(5);
    var moved = new byte[bytes.length + 10];
    System.arraycopy(bytes, 0, moved, shift, bytes.length);

    assertThat(decoder.lengthAt(moved, shift, bytes.length)).isEqualTo(bytes.length);
    var frame = decoder.frame(moved, shift, bytes.length);
    int at = DigestLocator.find(frame, dialect);
    var body = Body.read(
        dialect,
        dialect.command(frame.command()),
        frame.isAck(),
        moved,
        frame.bodyOffset(),
        frame.bodyLength(at),
        false);

    assertThat(at).isEqualTo(digest ? shift + bytes.length - 20 : -1);
    assertThat(frame.isAck()).isEqualTo(ack);
    assertThat(frame.sequence()).isEqualTo(sequence);
    assertThat(frame.serial()).isEqualTo(serial);
    assertThat(frame.serialValid()).isTrue();
    assertThat(frame.flags()).isEqualTo(dialect.header().hasFlags() ? flags : 0);
    assertThat(body.command().command()).isEqualTo(command);
    for (var e : fields.entrySet()) {
      assertThat(body.bytesOf(e.getKey())).as(e.getKey()).isEqualTo(e.getValue());
    }
    assertThat(read(body)).isEqualTo(tlvs);
  }

  private static Map<String, byte[]> fields(Layout layout, Random random) {
    var out = new HashMap<String, byte[]>();
    for (FieldDef f : layout.fields()) {
      if (layout.variable() && f.name().equals("length")) {
        continue;
      }
      out.put(f.name(), Seeds.bytes(random, f.size() < 0 ? random.nextInt(900) : f.size()));
    }
    return out;
  }

  private static List<Tlv> tlvs(Dialect dialect, Layout layout, Random random) {
    var out = new ArrayList<Tlv>();
    if (layout.tail() == Layout.Tail.NONE) {
      return out;
    }
    for (int n = random.nextInt(6); n > 0; n--) {
      TlvDef def = dialect.tlvs().get(random.nextInt(dialect.tlvs().size()));
      int length =
          layout.tail() == Layout.Tail.TAGS || random.nextInt(5) == 0 ? 0 : random.nextInt(60);
      if (def.tag() != dialect.tags().digest()) {
        out.add(new Tlv(def.tag(), Bytes.hex(Seeds.bytes(random, length))));
      }
    }
    return out;
  }

  private static List<Tlv> read(Body body) throws MalformedFrame {
    var out = new ArrayList<Tlv>();
    var reader = body.tlvs();
    while (reader.next()) {
      out.add(new Tlv(reader.tag(), Bytes.hex(reader.bytes())));
    }
    return out;
  }

  /** Verifies that a value of every tag, typed, encodes to the bytes it was decoded from, whatever those are. */
  @Test
  void everyValue() {
    var dialect = Dictionary.load().dialect();
    Seeds.forAll(60, random -> {
      for (TlvDef def : dialect.tlvs()) {
        var bytes = value(def, random);
        var value = ValueCodec.decode(def, bytes);

        if (canonical(def, bytes)) {
          assertThat(Bytes.hex(ValueCodec.encode(def, value)))
              .as(def.name())
              .isEqualTo(Bytes.hex(bytes));
        }
        assertThat(ValueCodec.decode(def, ValueCodec.encode(def, value)))
            .as(def.name())
            .isEqualTo(value);
      }
    });
  }

  /** An address as text, hex as text and a zero behind a text are taken in two forms and written in one. */
  private static boolean canonical(TlvDef def, byte[] bytes) {
    boolean address = def.type() == TlvType.IP_OR_TEXT && bytes.length == 4;
    boolean ended =
        def.minLength() != def.maxLength() && bytes.length > 0 && bytes[bytes.length - 1] == 0;
    return !address && !ended && !def.struct().map(StructDef::hexText).orElse(false);
  }

  private static byte[] value(TlvDef def, Random random) {
    int max = Math.min(def.maxLength(), 130);
    int fitting = def.minLength() + random.nextInt(max - def.minLength() + 1);
    fitting -= fitting % def.multipleOf();
    return switch (random.nextInt(4)) {
      case 0 -> Seeds.bytes(random, random.nextInt(40));
      case 1 -> Arrays.copyOf(Seeds.text(random, "abcXYZ019:/.", fitting / 2).getBytes(), fitting);
      case 2 -> Seeds.text(random, "abcXYZ019:/.", fitting).getBytes();
      default -> Seeds.bytes(random, fitting);
    };
  }
}
