package io.m2mgate.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.DictionaryFault;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Explanation;
import io.m2mgate.wire.Frame;
import io.m2mgate.wire.FrameDecoder;
import io.m2mgate.wire.FrameExplainer;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.MalformedFrame;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code m2mgate decode}: explains frames given as hex digits. One run, one thread. */
@Command(
    name = "decode",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Explains frames byte by byte; with secrets, verifies digests and opens what is encrypted.",
      "Exit code 0: all could be read, whatever the digests are; 1: malformed bytes; 2: wrong usage."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  m2mgate decode 001c00030000000b030000005445524d303030303030303030303031",
      "  m2mgate decode --json - < frames.hex",
      "  m2mgate decode --imei 351692032182973 --imsi 460007914127292 \\",
      "      --uplink-password 12345678 --timestamp 4bcad1f0 0030000700000002...",
      "  m2mgate decode --imei 351692032182973 --imsi 460007914127292 --uplink-password @up.txt \\",
      "      --downlink-password @down.txt --base-key @base.txt - < session.hex"
    })
public final class DecodeCommand implements Callable<Integer> {
  private static final int MAX_FRAME = 0xFFFF;

  @Spec
  private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "HEX",
      description =
          "The bytes; spaces and line ends are passed over, glued frames are split. - reads standard input.")
  private List<String> hex = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON: a list with one object a frame.")
  private boolean json;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      description = "Read in this dialect; default: by the serial and the version of each frame.")
  private String dialectName;

  @Option(
      names = "--dialects-dir",
      paramLabel = "DIR",
      defaultValue = "conf/dialects",
      description = "Where overlays are; default: ${DEFAULT-VALUE}. It need not exist.")
  private Path dialectsDir = Path.of("conf/dialects");

  @Option(
      names = "--show-secrets",
      description = "Print passwords and keys, and bytes that may hold some.")
  private boolean showSecrets;

  @Mixin
  private SecretOptions secrets = new SecretOptions();

  @Override
  public Integer call() {
    var err = spec.commandLine().getErr();
    try {
      var dictionary = Dictionary.load(dialectsDir);
      if (secrets.readsStandardInput() && readsStandardInput()) {
        throw new InvalidValue("-", "standard input has the secrets", "the frames as arguments");
      }
      return decode(dictionary, Bytes.unhex(input()), secrets.read());
    } catch (DictionaryFault e) {
      err.println(e.getMessage());
      return 2;
    } catch (InvalidValue e) {
      err.println(e.getMessage());
      return e.what().equals("hex") ? 1 : 2;
    } catch (IOException e) {
      err.println("cannot read a secret: " + e);
      return 2;
    }
  }

  private int decode(Dictionary dictionary, byte[] bytes, DecodeSecrets known) {
    var explainer = new FrameExplainer(known, known, showSecrets);
    var decoder = new FrameDecoder(dictionary, MAX_FRAME);
    var explanations = new ArrayList<Explanation>();
    var out = spec.commandLine().getOut();
    int exit = bytes.length == 0
        ? complain("no bytes given; right would be the hex digits of a frame")
        : 0;
    int at = 0;
    while (at < bytes.length) {
      Frame frame;
      try {
        int length = decoder.lengthAt(bytes, at, bytes.length - at);
        if (length < 0 || length > bytes.length - at) {
          exit = complain("length-mismatch at offset " + at + ": " + (bytes.length - at)
              + " bytes are there" + (length < 0 ? "" : ", the frame says " + length)
              + "; right would be a whole frame");
          break;
        }
        frame = decoder.frame(bytes, at, length);
      } catch (MalformedFrame e) {
        exit = complain(e.getMessage());
        break;
      }
      var dialect = dialectOf(dictionary, frame);
      known.speak(dialect);
      var explanation = explainer.explain(frame, dialect);
      explanations.add(explanation);
      if (explanation.fault().isPresent()) {
        exit =
            complain("frame at offset " + at + ": " + explanation.fault().get().getMessage());
      }
      at += frame.length();
    }
    print(explanations, out);
    return exit;
  }

  private Dialect dialectOf(Dictionary dictionary, Frame frame) {
    if (dialectName == null) {
      return dictionary.dialectFor(frame.serial(), frame.version());
    }
    return dictionary
        .dialect(dialectName)
        .orElseThrow(() ->
            new InvalidValue("--dialect", dialectName, String.join(", ", dictionary.names())));
  }

  private void print(List<Explanation> explanations, PrintWriter out) {
    if (json) {
      ArrayNode array = new JsonMapper().createArrayNode();
      explanations.forEach(e -> array.add(e.toJson()));
      out.println(array.toPrettyString());
    } else {
      explanations.forEach(e -> out.println(e.toText()));
    }
    out.flush();
  }

  private int complain(String message) {
    spec.commandLine().getErr().println("malformed: " + message);
    return 1;
  }

  private boolean readsStandardInput() {
    return hex.equals(List.of("-"));
  }

  private String input() {
    if (!readsStandardInput()) {
      return String.join(" ", hex);
    }
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
