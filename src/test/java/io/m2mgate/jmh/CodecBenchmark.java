package io.m2mgate.jmh;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.security.FrameMacs;
import io.m2mgate.session.MacKind;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.ContentHash;
import io.m2mgate.wire.Crc16;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The codec's steps over one TRANSPARENT_DATA frame of about 128 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
  private final Dictionary dictionary = Dictionary.load();
  private final Dialect dialect = dictionary.dialect();
  private final FrameDecoder decoder = new FrameDecoder(dictionary, 16_384);
  private final Crc16 crc16 = new Crc16(dialect.crc16());
  private final FrameMacs macs = new FrameMacs();
  private final byte[] payload = new byte[67];
  private final byte[] bytes = FrameBuilder.request(dialect, Command.TRANSPARENT_DATA)
      .serial("JMH0000000000001")
      .sequence(1)
      .field("crc16", crc16.of(payload))
      .tlv(dialect.tags().userData(), payload)
      .digest()
      .build();
  private final byte[] imei = new byte[16];
  private final byte[] imsi = new byte[15];
  private final byte[] password = new byte[8];

  @Benchmark
  public Frame decode() throws MalformedFrame {
    return decoder.frame(bytes, 0, decoder.lengthAt(bytes, 0, bytes.length));
  }

  @Benchmark
  public int walk() throws MalformedFrame {
    Frame frame = decoder.frame(bytes, 0, bytes.length);
    int digestAt = DigestLocator.find(frame, dialect);
    TlvReader tlvs = Body.read(
            dialect,
            dialect.command(Command.TRANSPARENT_DATA),
            false,
            bytes,
            frame.bodyOffset(),
            frame.bodyLength(digestAt),
            false)
        .tlvs();
    int sum = digestAt;
    while (tlvs.next()) {
      sum += tlvs.valueLength();
    }
    return sum;
  }

  @Benchmark
  public boolean digest() {
    return verifies(MacKind.MD5);
  }

  @Benchmark
  public boolean digestHmacSha256() {
    return verifies(MacKind.HMAC_SHA_256);
  }

  @Benchmark
  public boolean digestHmacSm3() {
    return verifies(MacKind.HMAC_SM3);
  }

  private boolean verifies(MacKind kind) {
    int covered = bytes.length - DigestLocator.TLV_SIZE;
    return macs.of(kind).verify(bytes, 0, covered, 1_790_000_000, imei, imsi, password);
  }

  @Benchmark
  public int crc16() {
    return crc16.of(payload);
  }

  @Benchmark
  public long contentHash() {
    return ContentHash.hash64(1, bytes, 28, bytes.length - 48);
  }
}
