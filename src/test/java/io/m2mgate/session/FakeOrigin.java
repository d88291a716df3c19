package io.m2mgate.session;

import java.util.ArrayList;
import java.util.List;

/** A bearer's place that notes what it is told. */
public class FakeOrigin implements Origin {
  private final int lane;
  private final String bearer;
  private final String remote;
  private final List<Inbound> completed = new ArrayList<>();
  private boolean open = true;
  private long verifiedMillis = -1;
  private boolean broken;

  public FakeOrigin(int lane, String remote) {
    this(lane, TCP, remote);
  }

  private FakeOrigin(int lane, String bearer, String remote) {
    this.lane = lane;
    this.bearer = bearer;
    this.remote = remote;
  }

  public static FakeOrigin at(String remote) {
    return new FakeOrigin(0, remote);
  }

  /** The same by UDP. */
  public static FakeOrigin datagrams(String remote) {
    return new FakeOrigin(0, UDP, remote);
  }

  /** One that throws when it is told of a verified frame. */
  public static FakeOrigin broken() {
    FakeOrigin origin = at("broken");
    origin.broken = true;
    return origin;
  }

  public List<Inbound> completed() {
    return completed;
  }

  public long verifiedMillis() {
    return verifiedMillis;
  }

  public void close() {
    open = false;
  }

  @Override
  public int lane() {
    return lane;
  }

  @Override
  public String bearer() {
    return bearer;
  }

  @Override
  public String remote() {
    return remote;
  }

  @Override
  public boolean open() {
    return open;
  }

  @Override
  public void verified(long nowMillis, long heartbeatMillis) {
    if (broken) {
      throw new IllegalStateException("a fault of ours, part of this test");
    }
    verifiedMillis = nowMillis;
  }

  @Override
  public void completed(Inbound frame) {
    completed.add(frame);
  }
}
