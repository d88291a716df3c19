package io.m2mgate.bridge.http;

import io.m2mgate.bridge.BridgeParts;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problems;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.FrameExplainer;
import io.m2mgate.wire.MalformedFrame;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code POST /admin/decode}: one frame explained byte by byte. No stored secret is looked at: digests stay unchecked, what is
 * encrypted stays closed, and values that are secrets are masked. On the bridge's event loop.
 */
final class DecodeRoutes {

  private static final int MAX_FRAME = 0xFFFF;
  private static final String HEX = "hex";
  private static final String BASE64 = "base64";
  private static final String ENCODING_VALID = HEX + " or " + BASE64;
  private static final String FRAME_VALID =
      "one whole frame of at most " + MAX_FRAME + " bytes in the encoding that is named";
  private static final Pattern FRAME = Pattern.compile("[0-9A-Za-z+/=\\s]+");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String ONE_VALID = "one of dialect, profile and serial";

  private final BridgeParts parts;

  DecodeRoutes(BridgeParts parts) {
    this.parts = parts;
  }

  void add(Endpoints endpoints) {
    endpoints.on("decodeFrame", this::decode);
  }

  private Future<Answer> decode(Exchange exchange) {
    Fields fields = exchange.body("frame", "encoding", "dialect", "profile", "serial");
    String text = fields.required("frame", FRAME, FRAME_VALID);
    String encoding =
        fields.text("encoding", Pattern.compile("hex|base64"), ENCODING_VALID).orElse(HEX);
    Optional<String> dialect = fields.text("dialect", NAME, dialects());
    Optional<String> profile = fields.text("profile", NAME, profiles());
    Optional<String> serial = fields.text("serial", NAME, "a terminal's serial");
    List<String> told = new ArrayList<>();
    dialect.ifPresent(name -> told.add("dialect"));
    profile.ifPresent(name -> told.add("profile"));
    serial.ifPresent(name -> told.add("serial"));
    if (told.size() > 1) {
      fields.fault(told.get(1), "one too many", ONE_VALID);
    }
    fields.check();
    byte[] bytes = bytes(text, encoding);
    if (serial.isPresent()) {
      return parts.store().terminals().read(serial.get(), Optional.empty()).map(found -> {
        var terminal = found.orElseThrow(Problems::unknownTerminal).terminal();
        return explain(bytes, Optional.of(ofProfile(terminal.profile(), "serial")));
      });
    }
    Optional<Dialect> said =
        dialect.map(this::named).or(() -> profile.map(name -> ofProfile(name, "profile")));
    return Future.succeededFuture(explain(bytes, said));
  }

  private static byte[] bytes(String text, String encoding) {
    String digits = text.replaceAll("\\s", "");
    try {
      byte[] bytes =
          encoding.equals(HEX) ? Bytes.unhex(digits) : Base64.getDecoder().decode(digits);
      if (bytes.length <= MAX_FRAME) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw InvalidRequest.at("/frame", "not " + encoding, FRAME_VALID);
    }
    throw InvalidRequest.at("/frame", "too long", FRAME_VALID);
  }

  private Answer explain(byte[] bytes, Optional<Dialect> said) {
    var decoder = new FrameDecoder(parts.dictionary(), MAX_FRAME);
    try {
      int length = decoder.lengthAt(bytes, 0, bytes.length);
      if (length != bytes.length) {
        String detail = bytes.length + " bytes are there"
            + (length < 0 ? ", fewer than a length takes" : ", the frame says " + length);
        throw InvalidRequest.at("/frame", detail, FRAME_VALID);
      }
      Frame frame = decoder.frame(bytes, 0, length);
      Dialect dialect =
          said.orElseGet(() -> parts.dictionary().dialectFor(frame.serial(), frame.version()));
      var explained = new FrameExplainer().explain(frame, dialect);
      return Answer.ok(new JsonObject(explained.toJson().toString()));
    } catch (MalformedFrame e) {
      throw InvalidRequest.at("/frame", e.getMessage(), FRAME_VALID);
    }
  }

  private Dialect named(String name) {
    return parts
        .dictionary()
        .dialect(name)
        .orElseThrow(() -> InvalidRequest.at("/dialect", "no dialect of this name", dialects()));
  }

  private Dialect ofProfile(String name, String member) {
    JsonObject profile = Optional.ofNullable(parts.profiles().all().get(name))
        .orElseThrow(() -> InvalidRequest.at("/" + member, "no profile of this name", profiles()));
    return parts
        .dictionary()
        .dialect(profile.getString("dialect"))
        .orElseGet(parts.dictionary()::dialect);
  }

  private String dialects() {
    return String.join(", ", parts.dictionary().names());
  }

  private String profiles() {
    return String.join(", ", parts.profiles().names());
  }
}
