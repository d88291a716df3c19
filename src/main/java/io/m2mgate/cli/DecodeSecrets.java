package io.m2mgate.cli;

import io.m2mgate.cli.simulate.AlgorithmNames;
import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.security.BodyCiphers;
import io.m2mgate.security.DecryptionFailed;
import io.m2mgate.security.FrameMacs;
import io.m2mgate.security.GivenSessionKey;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.MacKind;
import io.m2mgate.wire.Body;
import io.m2mgate.wire.BodyOpener;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.DigestCheck;
import io.m2mgate.wire.DigestLocator;
import io.m2mgate.wire.DigestVerdict;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.MalformedFrame;
import io.m2mgate.wire.TlvReader;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The secrets of one terminal, tried on the frames of one run in their order: a good LOGIN_ACK tells the timestamp, and the session key
 * where the base key is known, for those behind it. One thread.
 */
final class DecodeSecrets implements DigestCheck, BodyOpener {
  private final Optional<byte[]> imei;
  private final Optional<byte[]> imsi;
  private final Map<String, byte[]> passwords = new LinkedHashMap<>();
  private final Optional<byte[]> baseKey;
  private final Optional<MacKind> mac;
  private final FrameMacs macs = new FrameMacs();
  private final BodyCiphers ciphers = new BodyCiphers(new SecureRandom(), 2);
  private Optional<byte[]> sessionKey;
  private Optional<Integer> timestamp;
  private Optional<CipherKind> cipher;
  private Optional<Dialect> dialect = Optional.empty();

  DecodeSecrets(
      Optional<byte[]> imei,
      Optional<byte[]> imsi,
      Optional<byte[]> uplink,
      Optional<byte[]> downlink,
      Optional<byte[]> baseKey,
      Optional<byte[]> sessionKey,
      Optional<Integer> timestamp,
      Optional<MacKind> mac,
      Optional<CipherKind> cipher) {
    this.imei = imei;
    this.imsi = imsi;
    this.baseKey = baseKey;
    this.sessionKey = sessionKey;
    this.timestamp = timestamp;
    this.mac = mac;
    this.cipher = cipher;
    uplink.ifPresent(secret -> passwords.put("uplink password", secret));
    downlink.ifPresent(secret -> passwords.put("downlink password", secret));
  }

  /** The frames that follow are read in this dialect. */
  void speak(Dialect spoken) {
    dialect = Optional.of(spoken);
  }

  // Digests

  /** One way to make a digest. */
  private record Recipe(MacKind mac, String password, boolean shortImei, int stamp, int covered) {
    String words() {
      return AlgorithmNames.of(mac) + ", " + password + ", IMEI as " + (shortImei ? 15 : 16)
          + " bytes";
    }
  }

  @Override
  public DigestVerdict check(Frame frame, int digestOffset) {
    Optional<Integer> stamp = stampOf(frame);
    if (!missing().isEmpty() || stamp.isEmpty()) {
      return DigestVerdict.UNCHECKED;
    }
    boolean good =
        find(frame, digestOffset, asGiven(frame, digestOffset, stamp.get())).isPresent();
    if (good && bringsTimestamp(frame)) {
      timestamp = stamp;
    }
    return good ? DigestVerdict.GOOD : DigestVerdict.WRONG;
  }

  @Override
  public String note(Frame frame, int digestOffset) {
    List<String> missing = missing();
    if (passwords.isEmpty() && imei.isEmpty() && imsi.isEmpty()) {
      return "";
    }
    Optional<Integer> stamp = stampOf(frame);
    if (!missing.isEmpty()) {
      return "not checked without " + String.join(", ", missing);
    }
    if (stamp.isEmpty()) {
      return "not checked without --timestamp, or the LOGIN_ACK of the session in front";
    }
    return find(frame, digestOffset, asGiven(frame, digestOffset, stamp.get()))
        .map(Recipe::words)
        .orElseGet(() -> whatWouldFit(frame, digestOffset, stamp.get()));
  }

  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (imei.isEmpty()) {
      missing.add("--imei");
    }
    if (imsi.isEmpty()) {
      missing.add("--imsi");
    }
    if (passwords.isEmpty()) {
      missing.add("--uplink-password or --downlink-password");
    }
    return missing;
  }

  /** The direction of a frame is not in its bytes: every password that was given is tried. */
  private Stream<Recipe> asGiven(Frame frame, int digestAt, int stamp) {
    return recipes(
        mac.map(List::of).orElseGet(() -> List.of(MacKind.values())),
        stamp,
        digestAt - frame.offset());
  }

  private Stream<Recipe> recipes(List<MacKind> kinds, int stamp, int covered) {
    return kinds.stream()
        .flatMap(kind -> passwords.keySet().stream()
            .flatMap(password -> Stream.of(false, true)
                .map(shortImei -> new Recipe(kind, password, shortImei, stamp, covered))));
  }

  private Optional<Recipe> find(Frame frame, int digestAt, Stream<Recipe> recipes) {
    byte[] digits = imei.orElseThrow();
    byte[] padded = Arrays.copyOf(digits, digits.length + 1);
    int value = digestAt + DigestLocator.TLV_SIZE - DigestLocator.VALUE_SIZE;
    return recipes
        .filter(recipe -> macs.of(recipe.mac())
            .verify(
                frame.bytes(),
                value,
                frame.offset(),
                recipe.covered(),
                recipe.stamp(),
                recipe.shortImei() ? digits : padded,
                imsi.orElseThrow(),
                passwords.get(recipe.password())))
        .findFirst();
  }

  /** What one would have to take otherwise for the digest to be good. */
  private String whatWouldFit(Frame frame, int digestAt, int stamp) {
    List<MacKind> all = List.of(MacKind.values());
    int covered = digestAt - frame.offset();
    var other = find(frame, digestAt, recipes(all, stamp, covered));
    if (other.isPresent()) {
      return "fits with " + other.get().words() + ", not with the --mac given";
    }
    var unstamped = find(frame, digestAt, recipes(all, 0, covered));
    if (unstamped.isPresent()) {
      return "fits under timestamp 0 (" + unstamped.get().words() + "): signed outside a session";
    }
    int header = frame.header().size();
    var headerOnly = find(frame, digestAt, recipes(all, stamp, header));
    if (headerOnly.isPresent()) {
      return "covers the header only (" + headerOnly.get().words() + ")";
    }
    String tried = mac.map(List::of).orElse(all).stream()
        .map(AlgorithmNames::of)
        .collect(Collectors.joining(", "));
    return String.format(
        "fits with none of %s under the %s and timestamp %08x: password, IMEI, IMSI or timestamp is"
            + " another, or the frame was changed",
        tried, String.join(" or ", passwords.keySet()), stamp);
  }

  private boolean bringsTimestamp(Frame frame) {
    return frame.isAck() && commandOf(frame).equals(Optional.of(Command.LOGIN));
  }

  private Optional<Command> commandOf(Frame frame) {
    return dialect
        .filter(spoken -> spoken.knows(frame.requestCommand()))
        .map(spoken -> spoken.command(frame.requestCommand()).command());
  }

  /** LOGIN and REGISTER hash zero, LOGIN_ACK hashes the timestamp it brings. */
  private Optional<Integer> stampOf(Frame frame) {
    Optional<Command> command = commandOf(frame);
    if (command.equals(Optional.of(Command.REGISTER))) {
      return Optional.of(0);
    }
    if (!command.equals(Optional.of(Command.LOGIN))) {
      return timestamp;
    }
    return Optional.of(
        frame.isAck() && frame.bodyLength() >= 1 + Integer.BYTES
            ? Bytes.u32(frame.bytes(), frame.bodyOffset() + 1)
            : 0);
  }

  // Ciphers

  private List<CipherKind> tried() {
    return cipher.map(List::of).orElseGet(() -> List.of(CipherKind.values()));
  }

  private String triedWords() {
    return tried().stream().map(AlgorithmNames::of).collect(Collectors.joining(", "));
  }

  @Override
  public Opening body(Dialect spoken, Frame frame, int at, int length) {
    if (sessionKey.isEmpty()) {
      return new Opening.Closed(
          "without --session-key, or --base-key with the LOGIN_ACK of the session in front");
    }
    boolean opened = false;
    for (CipherKind kind : tried()) {
      Optional<byte[]> clear = decrypt(kind, sessionKey.get(), frame.bytes(), at, length);
      if (clear.filter(bytes -> isBody(spoken, frame, bytes)).isPresent()) {
        return new Opening.Clear(
            clear.get(), "opened with the session key under " + AlgorithmNames.of(kind));
      }
      opened |= clear.isPresent();
    }
    String name = commandOf(frame).map(Command::name).orElse("the command");
    return new Opening.Closed(
        opened
            ? "the session key opens it to no body of " + name + " under " + triedWords()
                + ": key or cipher is another"
            : "the session key does not open it under " + triedWords()
                + ": its length or padding is wrong there");
  }

  private Optional<byte[]> decrypt(CipherKind kind, byte[] key, byte[] bytes, int at, int length) {
    try {
      return Optional.of(ciphers.decrypt(kind, key, bytes, at, length));
    } catch (DecryptionFailed e) {
      return Optional.empty();
    }
  }

  private static boolean isBody(Dialect spoken, Frame frame, byte[] clear) {
    if (!spoken.knows(frame.requestCommand())) {
      return true;
    }
    try {
      Body.read(
              spoken,
              spoken.command(frame.requestCommand()),
              frame.isAck(),
              clear,
              0,
              clear.length,
              true)
          .checkTlvs(new TlvReader());
      return true;
    } catch (MalformedFrame e) {
      return false;
    }
  }

  @Override
  public Opening sessionKey(Dialect spoken, byte[] bytes, int at, int length) {
    if (baseKey.isEmpty()) {
      return new Opening.Closed("without --base-key");
    }
    for (CipherKind kind : tried()) {
      var given =
          GivenSessionKey.open(ciphers, kind, spoken.tags(), baseKey.get(), bytes, at, length);
      if (given.isPresent()) {
        sessionKey = given.map(GivenSessionKey::octets);
        cipher = Optional.of(kind);
        return new Opening.Clear(
            decrypt(kind, baseKey.get(), bytes, at, length).orElseThrow(),
            "opened with the base key under " + AlgorithmNames.of(kind));
      }
    }
    return new Opening.Closed("the base key opens it to no session key under " + triedWords()
        + ": key or cipher is another");
  }
}
