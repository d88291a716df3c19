package io.m2mgate.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.dictionary.ControlDef.Evidence;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DictionaryTest {
  private final Dictionary dictionary = Dictionary.load();
  private final Dialect dialect = dictionary.dialect();

  /** Verifies that all fourteen commands are there, by number, by name and with their ack. */
  @Test
  void allCommands() {
    assertThat(dialect.commands()).hasSize(14).hasSameSizeAs(Command.values());
    for (CommandDef def : dialect.commands()) {
      assertThat(dialect.command(def.command())).isSameAs(def);
      assertThat(dialect.knows(def.id())).isTrue();
      assertThat(dialect.command(def.id())).isSameAs(def);
      assertThat(dialect.command(def.ackId())).isSameAs(def);
      assertThat(def.ackId()).isEqualTo(def.id() | 0x8000);
    }
    assertThat(dialect.command(Command.CONFIG_REQ).id()).isEqualTo(0x000A);
    assertThat(dialect.knows(0x0009)).isFalse();
    assertThatThrownBy(() -> dialect.command(0x0009)).hasMessageContaining("0009");
  }

  /** Verifies that all 226 tags are there, 54 of them of vendors, 22 secret, each with a name, a meaning and a grade. */
  @Test
  void allTags() {
    assertThat(dialect.tlvs()).hasSize(226);
    assertThat(dialect.tlvs()).filteredOn(TlvDef::vendor).hasSize(54);
    assertThat(dialect.tlvs()).filteredOn(TlvDef::secret).hasSize(22);
    for (TlvDef def : dialect.tlvs()) {
      assertThat(def.meaning()).as(def.name()).isNotEmpty();
      assertThat(def.grade()).isNotNull();
      assertThat(def.seenIn()).as(def.name()).isNotEmpty();
      assertThat(dialect.tlv(def.tag())).isSameAs(def);
      assertThat(dialect.tlv(def.name())).containsSame(def);
      assertThat(dialect.tlv(def.hexTag())).containsSame(def);
    }
  }

  /** Verifies the counts of the grades, so that no fact changes its standing unseen. */
  @Test
  void gradesOfTags() {
    assertThat(dialect.tlvs()).filteredOn(d -> d.grade() == Grade.CONFIRMED).hasSize(33);
    assertThat(dialect.tlvs()).filteredOn(d -> d.grade() == Grade.OBSERVED).hasSize(126);
    assertThat(dialect.tlvs()).filteredOn(d -> d.grade() == Grade.INFERRED).hasSize(67);
  }

  /** Verifies that every role is resolved to a tag of its own that the dictionary has. */
  @Test
  void allRoles() throws Exception {
    var seen = new HashSet<Integer>();
    for (String role : Tags.roles()) {
      int tag = (int) Tags.class.getMethod(role).invoke(dialect.tags());
      assertThat(role.equals("filler") || dialect.knowsTag(tag)).as(role).isTrue();
      assertThat(seen.add(tag)).as(role).isTrue();
    }
    assertThat(dialect.tags().digest()).isEqualTo(0xE021);
    assertThat(dialect.tags().encryptedBody()).isEqualTo(0xE042);
    assertThat(dialect.tags().segment()).isEqualTo(0x4008);
    assertThat(dialect.tags().defaultApplication()).isEqualTo(0x0028);
    assertThat(dialect.tags().heartbeatInterval()).isEqualTo(0x0011);
    assertThat(dialect.tags().executionResult()).isEqualTo(0x4010);
    assertThat(dialect.tags().filler()).isZero();
  }

  /** Verifies that every result has a name and a meaning, and every ack with a result has results. */
  @Test
  void allResults() {
    for (CommandDef def : dialect.commands()) {
      assertThat(def.results().isEmpty())
          .as(def.name())
          .isEqualTo(def.resultField().isEmpty());
      for (Code code : def.results().codes()) {
        assertThat(code.name()).matches("[a-z][A-Za-z0-9]+");
        assertThat(code.meaning()).isNotEmpty();
        assertThat(def.results().code(code.name())).isEqualTo(code.code());
      }
    }
    var login = dialect.command(Command.LOGIN).results();
    assertThat(login.codes()).hasSize(9);
    assertThat(login.find(4)).map(Code::grade).contains(Grade.ASSIGNED);
    assertThat(login.success(8)).isTrue();
    assertThat(login.success(6)).isFalse();
    assertThat(login.nameOf(99)).isEqualTo("code-99");
  }

  /** Verifies the refusal codes of the six commands that have one. */
  @Test
  void refusals() {
    var with = Arrays.stream(Command.values())
        .filter(c -> dialect.command(c).refusal().isPresent())
        .toList();

    assertThat(with)
        .containsExactly(
            Command.TRANSPARENT_DATA,
            Command.CONFIG_TRAP,
            Command.CONFIG_REQ,
            Command.FILE_REQ,
            Command.SECURITY_CONFIG,
            Command.TRANSPARENT_CMD);
    assertThat(dialect.command(Command.TRANSPARENT_DATA).refusal()).hasValue(3);
    assertThat(dialect.command(Command.CONFIG_TRAP).refusal()).hasValue(1);
    assertThat(dialect.command(Command.FILE_REQ).refusal()).hasValue(1);
  }

  /** Verifies the code tables the handlers ask by name. */
  @Test
  void codeTables() {
    assertThat(dialect.logoutReasons().code("simParametersChanged")).isEqualTo(10);
    assertThat(dialect.fileStatuses().code("aborted")).isEqualTo(3);
    assertThat(dialect.registerOperations().code("rebind")).isEqualTo(2);
    assertThat(dialect.securityOperations().code("requestEncrypted")).isEqualTo(6);
    assertThat(dialect.segmentOperations().code("abortByReceiver")).isEqualTo(3);
    assertThat(dialect.executionStatuses().code("applied")).isZero();
    assertThat(dialect.remoteControls().codes()).hasSize(14);
    assertThat(dialect.remoteControls().code("login")).isEqualTo(3);
    assertThat(dialect.cipher()).isEqualTo("3des-ecb");
    assertThat(dialect.codes("cipher").code("sm4-cbc")).isEqualTo(2);
    assertThat(dialect.mac()).isEqualTo("md5");
    assertThatThrownBy(() -> dialect.logoutReasons().code("nonsense"))
        .isInstanceOf(DictionaryFault.class);
  }

  /** Verifies how secrets look that the platform makes. */
  @Test
  void secrets() {
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    assertThat(dialect.secrets().password()).isEqualTo(new SecretDef(8, letters, Grade.OBSERVED));
    assertThat(dialect.secrets().baseKey()).isEqualTo(new SecretDef(24, letters, Grade.OBSERVED));
    assertThat(dialect.secrets().sessionKey().length()).isEqualTo(16);
    assertThat(dialect.secrets().sessionKey().octets()).hasSize(255).doesNotContain("\0");
    assertThat(dialect.secrets().absentBaseKeyLength()).isEqualTo(24);
  }

  /** Verifies which commands are segmentable, stay clear, and may come unsigned. */
  @Test
  void rules() {
    assertThat(dialect.commands())
        .filteredOn(CommandDef::segmentable)
        .extracting(CommandDef::command)
        .containsExactlyInAnyOrder(
            Command.CONFIG_GET, Command.CONFIG_SET, Command.CONFIG_REQ, Command.CONFIG_TRAP);
    assertThat(dialect.commands())
        .filteredOn(CommandDef::neverEncrypted)
        .extracting(CommandDef::command)
        .containsExactlyInAnyOrder(Command.LOGIN, Command.REGISTER);
    assertThat(dialect.digestRules().skippable())
        .containsExactlyInAnyOrder(Command.TRANSPARENT_DATA, Command.CONFIG_REQ, Command.LOGOUT);
    assertThat(dialect.digestRules().signedLoginResults()).isEqualTo(Set.of(0, 1, 8));
    assertThat(dialect.digestRules().headerOnly()).isEmpty();
  }

  /** Verifies that a tag nobody knows gets a stand-in that says so. */
  @Test
  void unknownTag() {
    var def = dialect.tlv(0xABCD);

    assertThat(def.name()).isEqualTo("tag-ABCD");
    assertThat(def.known()).isFalse();
    assertThat(def.type()).isEqualTo(TlvType.BYTES);
    assertThat(dialect.tlv("tag-ABCD")).contains(def);
    assertThat(dialect.tlv("abcd")).contains(def);
    assertThat(dialect.tlv("no-such-name")).isEmpty();
  }

  /** Verifies the header of version 3 and that an unknown version falls back on it. */
  @Test
  void header() {
    assertThat(dictionary.header(0x0301).size()).isEqualTo(28);
    assertThat(dictionary.takesVersion(0x03FF)).isTrue();
    assertThat(dictionary.takesVersion(0x0100)).isFalse();
    assertThat(dictionary.header(0x0100)).isSameAs(dialect.header());
    assertThat(dialect.flags()).isEqualTo(new FlagBits(0x80, 0x40, 0x20, 0x10));
  }

  /** Verifies that Chinese names are kept for the 182 tags that have one. */
  @Test
  void chineseNames() {
    assertThat(dialect.tlvs()).filteredOn(d -> !d.zh().isEmpty()).hasSize(182);
    assertThat(dialect.tlv(0x0011).zh()).isEqualTo("心跳间隔");
  }

  /** Verifies what shows that each remote control was carried out, and which may be done twice (5.3.7, 5.4.6). */
  @Test
  void controls() {
    var shown = new java.util.TreeMap<Integer, ControlDef>();
    dialect.remoteControls().codes().forEach(c -> shown.put(c.code(), dialect.control(c.name())));

    assertThat(shown.values())
        .extracting(ControlDef::shownBy)
        .containsExactly(
            Evidence.ACK,
            Evidence.ACK,
            Evidence.LOGIN,
            Evidence.SESSION,
            Evidence.TRAP,
            Evidence.RESULT,
            Evidence.TRAP,
            Evidence.ACK,
            Evidence.TRAP,
            Evidence.LOGIN,
            Evidence.LOGIN,
            Evidence.TRAP,
            Evidence.LOGIN,
            Evidence.LOGIN);
    assertThat(shown.keySet())
        .filteredOn(code -> shown.get(code).idempotent())
        .containsExactly(3, 4, 6, 8, 11);
    assertThat(shown.keySet())
        .filteredOn(code -> !shown.get(code).patient())
        .containsExactly(2, 10);
    assertThat(dialect.control("reportStatistics").tags()).hasSize(8).contains(0x2004, 0x200E);
    assertThat(dialect.control("nobody-knows").patient()).isFalse();
  }
}
