package io.m2mgate.jmh;

import io.m2mgate.security.FramePath;
import io.m2mgate.wire.MalformedFrame;
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

/** A signed empty CONFIG_TRAP from bytes to its answer's bytes; {@code forge} is the terminal's share of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FramePathBenchmark {
  private final FramePath path = new FramePath();

  @Benchmark
  public byte[] forge() {
    return path.request();
  }

  @Benchmark
  public byte[] forgeOpenAndSeal() throws MalformedFrame {
    return path.exchange(path.request());
  }
}
