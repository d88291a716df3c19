package io.m2mgate.bridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

  /** Verifies that lines come out the same however the bytes are cut, with too long ones marked and nothing else lost. */
  @Test
  void cutsDoNotMatter() {
    var text = "\uFEFFone\r\n\ntwo\n" + "x".repeat(21) + "\nthree\n" + "y".repeat(50) + "\nlast";
    var random = new Random(7);
    for (int round = 0; round < 200; round++) {
      assertThat(split(text.getBytes(StandardCharsets.UTF_8), random))
          .containsExactly("1:one", "2:", "3:two", "4!", "5:three", "6!", "7:last");
    }
  }

  /** Verifies that a line of the greatest length is taken and that an upload without any byte has no line. */
  @Test
  void limitIsInclusive() {
    assertThat(split("z".repeat(20).getBytes(StandardCharsets.UTF_8), new Random(1)))
        .containsExactly("1:" + "z".repeat(20));
    assertThat(split("z".repeat(21).getBytes(StandardCharsets.UTF_8), new Random(1)))
        .containsExactly("1!");
    assertThat(split(new byte[0], new Random(1))).isEmpty();
    assertThat(split("a\n".getBytes(StandardCharsets.UTF_8), new Random(1))).containsExactly("1:a");
  }

  private static List<String> split(byte[] bytes, Random random) {
    var splitter = new LineSplitter(20);
    var lines = new ArrayList<String>();
    int at = 0;
    while (at < bytes.length) {
      int piece = Math.min(bytes.length - at, 1 + random.nextInt(9));
      splitter.feed(Arrays.copyOfRange(bytes, at, at + piece));
      at += piece;
      for (var line = splitter.next(); line.isPresent(); line = splitter.next()) {
        lines.add(shown(line.get()));
      }
    }
    splitter.last().ifPresent(line -> lines.add(shown(line)));
    return lines;
  }

  private static String shown(LineSplitter.Line line) {
    return line.number()
        + (line.tooLong() ? "!" : ":" + new String(line.bytes(), StandardCharsets.UTF_8));
  }
}
