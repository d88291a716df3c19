package io.m2mgate.jmh;

import io.m2mgate.command.PresencePath;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a lane's loop is held up by one look at presence: at all terminals at once, and at a fortieth of them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgs = "-Xmx2g")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
public class PresenceBenchmark {
  @Param({"100000"})
  int terminals;

  @Param({"1", "40"})
  int parts;

  private PresencePath path;

  @Setup
  public void fill() {
    path = new PresencePath(terminals, parts);
  }

  @Benchmark
  public int part() {
    return path.part();
  }
}
