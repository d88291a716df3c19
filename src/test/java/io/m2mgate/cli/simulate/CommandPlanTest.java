package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.CommandPlan.Side;
import io.m2mgate.cli.simulate.FieldOptions.Persona;
import io.m2mgate.cli.simulate.FleetOptions.Target;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CommandPlanTest {
  private static final int QUEUE = 3;

  /** The first of four terminals is dead. */
  private static CommandPlan plan(CommandOptions commands) {
    return new CommandPlan(FleetOptions.of(new Target(
            new InetSocketAddress("127.0.0.1", 1), URI.create("http://127.0.0.1:1"), "key"))
        .withTerminals(4)
        .withField(FieldOptions.NONE.with(new Persona(EnumSet.of(Quirk.DEAD), 0.25)))
        .withCommands(commands));
  }

  private static List<Side> sides(CommandPlan plan) {
    return IntStream.range(0, plan.count()).mapToObj(plan::side).toList();
  }

  private static List<Side> so(int many, Side side) {
    return Collections.nCopies(many, side);
  }

  private static CommandOptions five() {
    return CommandOptions.NONE.each(5, AskedKind.DATA, AskedKind.READ).queueForDead(QUEUE);
  }

  // Verifies that rounds without and beside the queues take turns behind one that warms up, that
  // every terminal has its turn in each, with another kind than in the one before.
  @Test
  void takesTurns() {
    CommandPlan plan = plan(five().comparing());

    assertThat(sides(plan))
        .isEqualTo(Stream.of(
                so(3, Side.PLAIN),
                so(3, Side.WITHOUT),
                so(QUEUE, Side.QUEUE),
                so(3, Side.BESIDE),
                so(3, Side.BESIDE),
                so(3, Side.WITHOUT))
            .flatMap(List::stream)
            .toList());
    assertThat(IntStream.range(0, plan.count()).filter(plan::begins))
        .containsExactly(0, 3, 6, 9, 12, 15);
    assertThat(IntStream.range(3, 6).map(plan::terminal)).containsExactly(1, 2, 3);
    assertThat(IntStream.range(6, 9).map(plan::terminal)).containsOnly(0);
    assertThat(IntStream.range(9, 12).map(plan::terminal)).containsExactly(1, 2, 3);
    assertThat(plan.kind(3)).isNotEqualTo(plan.kind(9));
    assertThat(plan.kind(9)).isNotEqualTo(plan.kind(12));
  }

  // Verifies that a run that compares nothing fills the queues once, behind the first round.
  @Test
  void fillsOnce() {
    CommandPlan plan = plan(five());

    assertThat(sides(plan))
        .isEqualTo(Stream.of(so(3, Side.PLAIN), so(QUEUE, Side.QUEUE), so(12, Side.PLAIN))
            .flatMap(List::stream)
            .toList());
  }
}
