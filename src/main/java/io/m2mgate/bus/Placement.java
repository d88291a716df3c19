package io.m2mgate.bus;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which event loop is which lane, and which kinds of verticle each has already. Vert.x does not promise where an instance lands,
 * so each instance asks here on its loop's thread and gives way when the lane has its kind.
 */
final class Placement {

  private final List<Thread> loops = new ArrayList<>();
  private final List<Set<String>> kinds = new ArrayList<>();
  private final int lanes;

  Placement(int lanes) {
    this.lanes = lanes;
  }

  /** The lane that this thread is, when it still wants one of this kind. The first loops to ask become the lanes. */
  synchronized Optional<Integer> claim(String kind, Thread loop) {
    int lane = loops.indexOf(loop);
    if (lane < 0 && loops.size() < lanes) {
      loops.add(loop);
      kinds.add(new HashSet<>());
      lane = loops.size() - 1;
    }
    return lane >= 0 && kinds.get(lane).add(kind) ? Optional.of(lane) : Optional.empty();
  }

  synchronized boolean isLane(Thread loop) {
    return loops.contains(loop);
  }

  synchronized boolean complete(String kind) {
    return kinds.size() == lanes && kinds.stream().allMatch(has -> has.contains(kind));
  }
}
