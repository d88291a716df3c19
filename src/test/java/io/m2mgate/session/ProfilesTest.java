package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.m2mgate.session.Profile.DigestPolicy;
import io.m2mgate.session.ProfileReader.InvalidProfile;
import io.m2mgate.session.ProfileReader.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The profiles of application.md, and what is said of bad ones. */
class ProfilesTest {
  private static final ObjectNode PRINTED = SampleTerminal.json("""
      {"dialect":"wmmp-3","digest":"required","onWrongDigest":"silent","trapHeaderOnly":false,"ack":"durable",
       "crcError":"warn","loginTrap":"expected","encryption":"whenNegotiated","cipher":"3des","mac":"md5","expiry":"warn",
       "heartbeatSeconds":90,"silenceSeconds":270,"terminalTimeoutSeconds":90,
       "exchange":{"timeoutSeconds":15,"udpTimeoutSeconds":30,"smsTimeoutSeconds":90,"sends":3,"smsSends":2,"gapMillis":300},
       "maxPartBytes":900,"maxFrameBytes":3000,"maxBodyBytes":10240,"segments":true,"bearers":["tcp","udp","sms"],
       "prefer":"tcp","wake":"none"}""");

  private final Profiles profiles = new Profiles("wmmp-3"::equals);

  private List<Problem> problems(String json) {
    InvalidProfile thrown = catchThrowableOfType(
        InvalidProfile.class, () -> profiles.check("mine", SampleTerminal.json(json)));
    return thrown == null ? List.of() : thrown.problems();
  }

  // Verifies that the default profile is the printed one, and what it means.
  @Test
  void hasThePrintedDefault() {
    assertThat(profiles.bodies()).containsEntry("wmmp-3", PRINTED);
    Profile profile = profiles.get("wmmp-3");
    assertThat(profile.digest()).isEqualTo(DigestPolicy.REQUIRED);
    assertThat(profile.encryption()).isEqualTo(EncryptionPolicy.WHEN_NEGOTIATED);
    assertThat(profile.cipher()).isEqualTo(CipherKind.TRIPLE_DES);
    assertThat(profile.mac()).isEqualTo(MacKind.MD5);
    assertThat(profile.expiry()).isEqualTo(ExpiryPolicy.WARN);
    assertThat(profile.retryMillis()).isEqualTo(270_000);
    assertThat(profile.terminalTimeoutMillis()).isEqualTo(90_000);
    assertThat(profile.exchange()).isEqualTo(new Profile.Exchange(15, 30, 90, 3, 2, 300));
    assertThat(profile.bearers()).containsExactlyInAnyOrder("tcp", "udp", "sms");
  }

  // Verifies that the lenient profile differs in what the description lists and nothing else.
  @Test
  void hasThePrintedLenient() {
    ObjectNode expected = PRINTED
        .deepCopy()
        .put("digest", "when-present")
        .put("trapHeaderOnly", true)
        .put("maxFrameBytes", 255)
        .put("segments", false)
        .put("terminalTimeoutSeconds", 15);

    assertThat(profiles.bodies()).containsEntry("lenient", expected);
    assertThat(profiles.get("lenient").digest()).isEqualTo(DigestPolicy.WHEN_PRESENT);
    assertThat(profiles.get("lenient").trapHeaderOnly()).isTrue();
  }

  // Verifies that absent members come from the default, also inside the exchange.
  @Test
  void laysOverTheDefault() {
    ObjectNode body = SampleTerminal.json("{\"exchange\":{\"sends\":5},\"bearers\":[\"udp\"]}");

    ObjectNode complete = profiles.check("mine", body);
    profiles.put("mine", body);

    assertThat(complete.at("/exchange/sends").asInt()).isEqualTo(5);
    assertThat(complete.at("/exchange/gapMillis").asInt()).isEqualTo(300);
    assertThat(profiles.get("mine").exchange())
        .isEqualTo(new Profile.Exchange(15, 30, 90, 5, 2, 300));
    assertThat(profiles.get("mine").bearers()).containsExactly("udp");
    assertThat(PRINTED.at("/exchange/sends").asInt()).isEqualTo(3);
  }

  // Verifies that each bad member is named by its pointer.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"dialect\":\"wmmp-9\"}|/dialect",
        "{\"digest\":\"sometimes\"}|/digest",
        "{\"digest\":\"REQUIRED\"}|/digest",
        "{\"digest\":true}|/digest",
        "{\"digest\":null}|/digest",
        "{\"onWrongDigest\":\"loud\"}|/onWrongDigest",
        "{\"trapHeaderOnly\":\"yes\"}|/trapHeaderOnly",
        "{\"ack\":1}|/ack",
        "{\"crcError\":\"ignore\"}|/crcError",
        "{\"loginTrap\":\"maybe\"}|/loginTrap",
        "{\"encryption\":\"on\"}|/encryption",
        "{\"cipher\":\"rot13\"}|/cipher",
        "{\"mac\":\"crc\"}|/mac",
        "{\"expiry\":\"never\"}|/expiry",
        "{\"heartbeatSeconds\":4}|/heartbeatSeconds",
        "{\"heartbeatSeconds\":86401}|/heartbeatSeconds",
        "{\"heartbeatSeconds\":90.5}|/heartbeatSeconds",
        "{\"heartbeatSeconds\":\"90\"}|/heartbeatSeconds",
        "{\"heartbeatSeconds\":99999999999}|/heartbeatSeconds",
        "{\"silenceSeconds\":0}|/silenceSeconds",
        "{\"terminalTimeoutSeconds\":-1}|/terminalTimeoutSeconds",
        "{\"exchange\":{\"sends\":0}}|/exchange/sends",
        "{\"exchange\":{\"gapMillis\":60001}}|/exchange/gapMillis",
        "{\"exchange\":{\"sand\":3}}|/exchange/sand",
        "{\"maxPartBytes\":63}|/maxPartBytes",
        "{\"maxFrameBytes\":65536}|/maxFrameBytes",
        "{\"maxBodyBytes\":65508}|/maxBodyBytes",
        "{\"segments\":0}|/segments",
        "{\"bearers\":[]}|/bearers",
        "{\"bearers\":\"tcp\"}|/bearers",
        "{\"bearers\":[\"tcp\",\"lora\"]}|/bearers",
        "{\"prefer\":\"\"}|/prefer",
        "{\"wake\":\"call\"}|/wake",
        "{\"heartbeatSecond\":90}|/heartbeatSecond"
      })
  void pointsAtProblem(String json, String pointer) {
    assertThat(problems(json)).singleElement().satisfies(problem -> {
      assertThat(problem.pointer()).isEqualTo(pointer);
      assertThat(problem.detail()).isNotEmpty();
      assertThat(problem.valid()).isNotEmpty();
    });
  }

  // Verifies that every printed choice of the security policies is taken, and which one it is.
  @ParameterizedTest
  @CsvSource({
    "encryption,off,OFF",
    "encryption,optional,OPTIONAL",
    "encryption,whenNegotiated,WHEN_NEGOTIATED",
    "encryption,required,REQUIRED",
    "cipher,3des,TRIPLE_DES",
    "cipher,aes-128,AES_128",
    "cipher,sm4,SM4",
    "mac,md5,MD5",
    "mac,hmac-sha-256,HMAC_SHA_256",
    "mac,hmac-sm3,HMAC_SM3",
    "expiry,warn,WARN",
    "expiry,enforce,ENFORCE"
  })
  void readsSecurityPolicies(String member, String text, String constant) {
    profiles.put("mine", SampleTerminal.json("{}").put(member, text));

    Profile profile = profiles.get("mine");
    Enum<?> read = switch (member) {
      case "encryption" -> profile.encryption();
      case "cipher" -> profile.cipher();
      case "mac" -> profile.mac();
      default -> profile.expiry();
    };
    assertThat(read.name()).isEqualTo(constant);
    assertThat(profiles.bodies().get("mine").path(member).asText()).isEqualTo(text);
  }

  // Verifies that all problems are told at once, with what would be valid.
  @Test
  void tellsAllAtOnce() {
    assertThat(problems(
            "{\"digest\":\"no\",\"encryption\":\"on\",\"segments\":1,\"exchange\":{\"sends\":99}}"))
        .extracting(Problem::pointer, Problem::valid)
        .containsExactlyInAnyOrder(
            tuple("/digest", "one of required, when-present, off"),
            tuple("/encryption", "one of off, optional, whenNegotiated, required"),
            tuple("/segments", "true or false"),
            tuple("/exchange/sends", "1 to 10"));
  }

  // Verifies that a member's name is written as JSON pointers have it.
  @Test
  void escapesPointers() {
    assertThat(problems("{\"a/b~c\":1}")).extracting(Problem::pointer).containsExactly("/a~1b~0c");
  }

  // Verifies that something else in place of the exchange is refused.
  @Test
  void needsExchangeObject() {
    assertThat(problems("{\"exchange\":5}"))
        .extracting(Problem::pointer)
        .allMatch(pointer -> pointer.startsWith("/exchange"));
    assertThat(problems("{\"exchange\":5}")).isNotEmpty();
  }

  // Verifies that every change raises the version, and a removed profile falls back to the default.
  @Test
  void showsChanges() {
    int before = profiles.version();

    profiles.put("mine", SampleTerminal.json("{\"digest\":\"off\"}"));
    assertThat(profiles.version()).isGreaterThan(before);
    assertThat(profiles.exists("mine")).isTrue();
    assertThat(profiles.get("mine").digest()).isEqualTo(DigestPolicy.OFF);

    int between = profiles.version();
    profiles.remove("mine");
    assertThat(profiles.version()).isGreaterThan(between);
    assertThat(profiles.exists("mine")).isFalse();
    assertThat(profiles.get("mine")).isEqualTo(profiles.get("wmmp-3"));
  }

  // Verifies which profiles are built in.
  @Test
  void knowsBuiltIn() {
    assertThat(Profiles.isBuiltIn("wmmp-3")).isTrue();
    assertThat(Profiles.isBuiltIn("lenient")).isTrue();
    assertThat(Profiles.isBuiltIn("mine")).isFalse();
    assertThat(profiles.bodies().keySet()).containsExactly("lenient", "wmmp-3");
  }
}
