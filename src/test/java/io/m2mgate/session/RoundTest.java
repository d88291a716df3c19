package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundTest {
  private final SessionTable table = new SessionTable();

  private void fill(int count) {
    IntStream.range(0, count).forEach(i -> table.place("T" + i));
  }

  private static List<String> part(Round round) {
    List<String> met = new ArrayList<>();
    round.part(resident -> met.add(resident.serial()));
    return met;
  }

  // Verifies that a round takes as many parts as it may and meets everybody once, and that few
  // terminals
  // are met too.
  @Test
  void meetsEverybodyOnce() {
    fill(10);
    Round round = new Round(table, 4);
    List<String> met = new ArrayList<>();
    for (int size : new int[] {3, 3, 3, 1}) {
      List<String> part = part(round);
      assertThat(part).hasSize(size);
      met.addAll(part);
    }
    assertThat(round.begins()).isTrue();
    assertThat(met).doesNotHaveDuplicates().hasSize(10);
    fill(1);
    assertThat(part(new Round(new SessionTable(), 4))).isEmpty();
  }

  // Verifies that whoever stays is met in every round, whoever comes, leaves or is placed anew
  // meanwhile.
  @Test
  void missesNobodyThatStays() {
    Random random = new Random(7);
    fill(200);
    Round round = new Round(table, 8);
    for (int rounds = 0; rounds < 300; rounds++) {
      Map<String, Integer> met = new HashMap<>();
      do {
        round.part(resident -> met.merge(resident.serial(), 1, Integer::sum));
        for (int i = 0; i < 5; i++) {
          String other = "T" + (100 + random.nextInt(150));
          if (random.nextBoolean()) {
            table.find(other).ifPresent(table::remove);
          } else {
            table.place(other);
          }
        }
      } while (!round.begins());
      assertThat(met.keySet())
          .containsAll(IntStream.range(0, 100).mapToObj(i -> "T" + i).toList());
    }
  }
}
