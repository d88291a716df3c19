package io.m2mgate.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.AckBatch;
import io.m2mgate.bus.Addresses;
import io.m2mgate.bus.InboundBatch;
import io.m2mgate.bus.LaneFixture;
import io.m2mgate.bus.OutboundBatch;
import io.m2mgate.bus.SegmentMemory;
import io.m2mgate.bus.Uplink;
import io.m2mgate.bus.UplinkBatch;
import io.m2mgate.dictionary.Command;
import io.m2mgate.exchange.Port.End;
import io.m2mgate.security.RequestFrames;
import io.m2mgate.security.SecretBox;
import io.m2mgate.security.SecurityOptions;
import io.m2mgate.security.SecurityVerticle;
import io.m2mgate.security.SegmentOptions;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.session.Origin;
import io.m2mgate.session.Origins;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SessionState;
import io.m2mgate.session.SessionToken;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.SealedSecrets;
import io.m2mgate.store.SecretKinds;
import io.m2mgate.store.StoredSecurity;
import io.m2mgate.store.StoredTerminal;
import io.m2mgate.store.TerminalStore;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameBuilder;
import io.m2mgate.wire.Part;
import io.m2mgate.wire.PartCodec;
import io.m2mgate.wire.Reassembly;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A lane with the security verticle, one terminal in session and its downlink; frames as its bearer gets and gives them. */
abstract class PartsFixture {
  static final long STAMP = LaneFixture.NOW / 1000 - 60;
  static final PartCodec CODEC = new PartCodec(RequestFrames.DIALECT);
  static final int PART = 900;
  static final int WRAPPED = 0x30;
  static final long TIMEOUT = 15_000;

  final SecretBox box = new SecretBox(new byte[32], new SecureRandom());
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final FakeOrigin origin = FakeOrigin.at("a");
  final List<Frame> sent = new ArrayList<>();

  /** What each of those went by. */
  final List<String> bearers = new ArrayList<>();

  final List<byte[]> acked = new ArrayList<>();
  final List<End> ends = new ArrayList<>();
  final List<String> unfit = new ArrayList<>();
  final Random random = new Random(7);
  LaneFixture fixture;
  LaneFixture.OnLane on;
  Downlink downlink;
  int upSequence = 1;
  boolean serving = true;

  @BeforeEach
  void open() {
    fixture = new LaneFixture(1, 1, batch -> {}, store());
    on = fixture.single();
    SegmentOptions segments = new SegmentOptions(
        new Reassembly.Limits(256, 65_536, 270_000, 300_000), new SegmentMemory(100_000, registry));
    LaneFixture.await(fixture
        .lanes()
        .deploy(
            "security",
            () -> new SecurityVerticle(
                new SecurityOptions(10, 0, 8, 1000, segments, Origins.NONE), box, null)));
    for (String bearer : List.of(Origin.TCP, Origin.UDP, Origin.SMS)) {
      on.<OutboundBatch>listen(
          Addresses.outbound(0, bearer),
          batch -> batch.frames().forEach(it -> {
            sent.add(RequestFrames.frame(it.frame()));
            bearers.add(bearer);
          }));
    }
    on.<AckBatch>listen(
        Addresses.acks(0),
        batch -> batch.acks().forEach(ack -> {
          downlink.acked(ack);
          on.its().done(ack);
        }));
    for (Command command : List.of(Command.CONFIG_TRAP, Command.CONFIG_REQ)) {
      on.<UplinkBatch>listen(
          Addresses.command(0, command), batch -> batch.requests().forEach(this::serve));
    }
    receive(trap());
    fixture.pass(300_000);
    begin();
    pass(1_000);
  }

  /** As after all that waited has ended. */
  void begin() {
    on.run(() -> downlink = new Downlink(
        on.its(),
        fixture.vertx().getOrCreateContext(),
        on.its().terminals().find(SampleTerminal.SERIAL).orElseThrow(),
        new DownlinkOptions(
            10,
            5,
            256,
            60_000,
            0,
            100,
            8,
            new UpgradeOptions(5_000, 5_000, 5_000),
            new WakeOptions(0, 300_000, 3))));
  }

  void serve(Uplink uplink) {
    if (serving) {
      uplink.request().done(0);
      uplink.request().markAnswered();
      on.its().done(uplink);
    }
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  TerminalStore store() {
    byte[][] sealed = new byte[][] {
      seal(SecretKinds.UPLINK_PASSWORD, SampleTerminal.UPLINK),
      seal(SecretKinds.DOWNLINK_PASSWORD, SampleTerminal.DOWNLINK)
    };
    StoredTerminal stored = new StoredTerminal(
        SampleTerminal.provisioned(true),
        StoredSecurity.of(new SealedSecrets(sealed[0], sealed[1], new byte[0])),
        new SessionState(
            STAMP,
            Optional.of(new SessionToken(STAMP, false, 1, LaneFixture.NOW, 0, 0, false)),
            List.of(),
            Optional.empty(),
            true,
            false,
            LaneFixture.NOW,
            "{}"),
        new byte[0],
        List.of(),
        false,
        DesiredSet.NONE);
    return (TerminalStore) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {TerminalStore.class},
        (proxy, method, arguments) -> Future.succeededFuture(List.of(stored)));
  }

  byte[] seal(String kind, String secret) {
    return box.seal(SampleTerminal.SERIAL, kind, secret.getBytes(StandardCharsets.US_ASCII));
  }

  LongRequest request(Command command, byte[] body) {
    return new LongRequest(command, body, acked, ends, unfit);
  }

  byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  Frame trap() {
    return RequestFrames.signed(RequestFrames.of(Command.CONFIG_TRAP, upSequence++), (int) STAMP);
  }

  static Frame ack(Command command, int sequence, byte[] body, int flags) {
    FrameBuilder ack = FrameBuilder.ack(RequestFrames.DIALECT, command)
        .serial(SampleTerminal.SERIAL)
        .sequence(sequence)
        .flags(flags)
        .digest();
    return RequestFrames.frame(RequestFrames.sign(ack.build(body), (int) STAMP, false));
  }

  void say(Frame about, Part word) {
    Command command = RequestFrames.DIALECT.command(about.requestCommand()).command();
    receive(ack(command, about.sequence(), CODEC.write(word), WRAPPED));
  }

  void receive(Frame frame) {
    receive(frame, origin);
  }

  void receive(Frame frame, Origin from) {
    on.run(() -> {
      on.its().credits().take(frame.length());
      on.its()
          .send(
              Addresses.inbound(0),
              new InboundBatch(List.of(new Inbound(frame, from, on.its().nowMillis()))));
    });
    settle();
  }

  void settle() {
    for (int turn = 0; turn < 10; turn++) {
      on.run(() -> {});
    }
  }

  void pass(long millis) {
    fixture.pass(millis);
    on.run(downlink::tick);
    settle();
  }

  void offer(LongRequest request) {
    offerNow(request);
    pass(1_000);
  }

  void offerNow(LongRequest request) {
    on.run(() -> assertThat(downlink.offer(request)).isTrue());
    settle();
  }

  Frame last() {
    return sent.get(sent.size() - 1);
  }

  static Part part(Frame frame) {
    assertThat(frame.flags()).isEqualTo(WRAPPED);
    return CODEC.read(frame.bytes(), frame.bodyOffset()).orElseThrow();
  }

  static byte[] data(Part part) {
    return Arrays.copyOfRange(part.bytes(), part.offset(), part.offset() + part.length());
  }

  double memory() {
    return registry.get("m2mgate_segment_bytes").gauge().value();
  }
}
