package io.m2mgate.jmh;

import io.m2mgate.security.BodyCiphers;
import io.m2mgate.security.DecryptionFailed;
import io.m2mgate.session.CipherKind;
import java.security.SecureRandom;
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

/** One body encrypted or decrypted, under a key that is ready and under one that is not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CipherBenchmark {
  private static final int KEYS = 64;

  @Param
  private CipherKind kind;

  @Param({"48", "128", "900"})
  private int length;

  private final SecureRandom random = new SecureRandom();
  private final BodyCiphers ciphers = new BodyCiphers(random, KEYS / 2);
  private final byte[][] keys = new byte[KEYS][16];
  private byte[] clear;
  private byte[] encrypted;
  private int next;

  @Setup
  public void fill() {
    for (byte[] key : keys) {
      random.nextBytes(key);
    }
    clear = new byte[length];
    random.nextBytes(clear);
    encrypted = ciphers.encrypt(kind, keys[0], clear, 0, length);
  }

  @Benchmark
  public byte[] encrypt() {
    return ciphers.encrypt(kind, keys[0], clear, 0, length);
  }

  @Benchmark
  public byte[] decrypt() throws DecryptionFailed {
    return ciphers.decrypt(kind, keys[0], encrypted, 0, encrypted.length);
  }

  @Benchmark
  public byte[] encryptUnderAnotherKey() {
    return ciphers.encrypt(kind, keys[next++ % KEYS], clear, 0, length);
  }
}
