package io.m2mgate.bridge.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.Event;
import io.m2mgate.bridge.EventCursor.Taken;
import io.m2mgate.bridge.Gap;
import io.m2mgate.bridge.SharedEvent;
import io.m2mgate.wire.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which member of a shared subscription gets which event, over random lives of members. */
class ShareGroupTest {
  private static final int WINDOW = 4;
  private static final int WAITING = 5;
  private static final int EVENTS = 200;
  private static final int TERMINALS = 7;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final ShareGroup.Limits LIMITS =
      new ShareGroup.Limits(WAITING, 1_000_000, SECOND, 30 * SECOND);

  private final Map<Long, Integer> done = new HashMap<>();
  private final List<Member> members = new ArrayList<>();
  private final Map<String, Long> lastDone = new HashMap<>();
  private ShareGroup group = group(LIMITS, 0);
  private boolean resumed = true;
  private long next = 1;

  private ShareGroup group(ShareGroup.Limits limits, long after) {
    try {
      var filter = TopicFilter.parse("$share/g/m2m/v1/EC01/evt/#", "EC01", "c1");
      return new ShareGroup("EC01", filter, new Feeder(), limits, after);
    } catch (TopicFilter.Refused refused) {
      throw new IllegalStateException(refused);
    }
  }

  private final class Feeder implements ShareGroup.Feeder {
    @Override
    public void resume() {
      resumed = true;
    }

    @Override
    public void gap(Gap gap) {
      assertThat(gap.app()).isEqualTo("EC01");
    }

    @Override
    public void ended() {
      throw new AssertionError("the log is there");
    }
  }

  /** One that holds what it was sent until it is told to acknowledge. */
  private final class Member implements ShareGroup.Member {
    private final String id;
    private final Map<Long, ShareGroup.Item> holds = new LinkedHashMap<>();
    private final Map<String, Long> last = new HashMap<>();
    private long progress = System.nanoTime();
    private boolean stalled;

    private Member(String id) {
      this.id = id;
    }

    @Override
    public String clientId() {
      return id;
    }

    @Override
    public boolean room() {
      return holds.size() < WINDOW;
    }

    @Override
    public long progressNanos() {
      return progress;
    }

    @Override
    public boolean send(ShareGroup.Item item) {
      long offset = item.event().offset();
      String serial = item.place().serial();
      for (var other : members) {
        if (other != this) {
          assertThat(other.holds.values())
              .as("%s at two members", serial)
              .noneMatch(held -> held.place().serial().equals(serial));
        }
      }
      assertThat(last.getOrDefault(serial, 0L)).as("order at %s", id).isLessThan(offset);
      assertThat(lastDone.getOrDefault(serial, 0L))
          .as("what is done stays done")
          .isLessThan(offset);
      last.put(serial, offset);
      holds.put(offset, item);
      return true;
    }

    @Override
    public void stalled() {
      stalled = true;
    }

    private void acknowledge(Random random) {
      // A client acknowledges in any order, but one terminal's in theirs.
      var first = new LinkedHashMap<String, Long>();
      holds.forEach((offset, item) -> first.putIfAbsent(item.place().serial(), offset));
      var choices = List.copyOf(first.values());
      if (!choices.isEmpty()) {
        acknowledge(choices.get(random.nextInt(choices.size())));
      }
    }

    private void acknowledge(long offset) {
      var item = holds.remove(offset);
      done.merge(offset, 1, Integer::sum);
      lastDone.merge(item.place().serial(), offset, Math::max);
      group.done(this, item);
    }
  }

  private static SharedEvent event(long offset, String serial) {
    return new SharedEvent(new Event("id", "m2m.data.up", serial, 0, "EC01", offset, 1, "{}"));
  }

  private void feed(int terminals) {
    while (resumed && next <= EVENTS) {
      resumed = group.take(event(next, "T" + next % terminals)) == Taken.MORE;
      next++;
    }
  }

  private Member join(String id) {
    var member = new Member(id);
    members.add(member);
    group.join(member);
    return member;
  }

  private void leave(Member member) {
    members.remove(member);
    group.leave(member);
  }

  // Verifies that whoever comes and goes, every event is done once, in order of its terminal, no
  // terminal is with
  // two members, no more waits than may, and what is confirmed is done.
  @Test
  void losesNothing() {
    Seeds.forAll(60, random -> {
      begin();
      int ids = 0;
      for (int step = 0; done.size() < EVENTS; step++) {
        assertThat(step).as("steps").isLessThan(100_000);
        int dice = random.nextInt(20);
        if (members.isEmpty() || dice == 0 && members.size() < 4) {
          join("c" + ids++);
        } else if (dice == 1 && step < 2_000) {
          leave(members.get(random.nextInt(members.size())));
        } else {
          members.get(random.nextInt(members.size())).acknowledge(random);
        }
        feed(TERMINALS);
        check();
      }
      assertThat(done.values()).allMatch(times -> times == 1);
      assertThat(group.confirmed()).isEqualTo(EVENTS);
    });
  }

  private void begin() {
    done.clear();
    members.clear();
    lastDone.clear();
    group = group(LIMITS, 0);
    resumed = true;
    next = 1;
  }

  private void check() {
    long confirmed = group.confirmed();
    for (long offset = 1; offset <= confirmed; offset++) {
      assertThat(done).containsKey(offset);
    }
    Set<Long> held = new HashSet<>();
    members.forEach(member -> held.addAll(member.holds.keySet()));
    assertThat(next - 1 - done.size() - held.size()).isLessThanOrEqualTo(WAITING + WINDOW * 4L);
  }

  // Verifies that a terminal stays with its member as long as that is there, and that each member
  // has some.
  @Test
  void staysWithItsMember() {
    begin();
    var first = join("c1");
    var second = join("c2");
    Map<String, String> with = new HashMap<>();
    for (long offset = 1; offset <= 400; offset++) {
      group.take(event(offset, "T" + offset % 40));
      for (var member : List.of(first, second)) {
        for (var item : List.copyOf(member.holds.values())) {
          assertThat(with.merge(item.place().serial(), member.id, (was, is) -> is))
              .isEqualTo(with.get(item.place().serial()))
              .isEqualTo(member.id);
          member.acknowledge(item.event().offset());
        }
      }
    }
    assertThat(with).hasSize(40);
    assertThat(new HashSet<>(with.values())).containsExactlyInAnyOrder("c1", "c2");
    assertThat(first.last.keySet()).doesNotContainAnyElementsOf(second.last.keySet());
  }

  // Verifies that a member that takes nothing holds up the terminals that it has events of, within
  // the bound, and no others, and is
  // given up when it stays so.
  @Test
  void passesASlowMember() {
    begin();
    var slow = join("slow");
    long offset = 1;
    for (; slow.room(); offset++) {
      group.take(event(offset, "S" + offset));
    }
    slow.progress = System.nanoTime() - 2 * SECOND;
    var quick = join("quick");
    for (int i = 0; i < 100; i++, offset++) {
      assertThat(group.take(event(offset, "Q" + i))).isEqualTo(Taken.MORE);
      quick.acknowledge(offset);
    }
    for (int i = 1; i <= WAITING; i++, offset++) {
      assertThat(group.take(event(offset, "S" + (1 + i % WINDOW))))
          .isEqualTo(i < WAITING ? Taken.MORE : Taken.FULL);
    }
    group.look(slow.progress + 30 * SECOND);
    assertThat(slow.stalled).isFalse();
    group.look(slow.progress + 31 * SECOND);
    assertThat(slow.stalled).isTrue();
    leave(slow);
    assertThat(quick.holds).hasSize(WINDOW).containsKey(1L);
    assertThat(group.confirmed()).isZero();
  }

  // Verifies that a gap is one event for one member, and that what is before it stays confirmed
  // until it is done.
  @Test
  void tellsOneMemberOfAGap() {
    begin();
    group = group(LIMITS, 10);
    var one = join("c1");
    group.gap(10, 50);
    group.take(event(50, "T1"));
    assertThat(one.holds.keySet()).containsExactly(49L, 50L);
    assertThat(one.holds.get(49L).event().type()).isEqualTo("m2m.stream.gap");
    one.acknowledge(50L);
    assertThat(group.confirmed()).isEqualTo(10);
    one.acknowledge(49L);
    assertThat(group.confirmed()).isEqualTo(50);
  }
}
