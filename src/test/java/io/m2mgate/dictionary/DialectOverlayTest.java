package io.m2mgate.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectOverlayTest {
  @TempDir
  Path dir;

  private void overlay(String file, String json) throws IOException {
    Files.writeString(dir.resolve(file), json);
  }

  /** Verifies that a directory that is not there holds no overlays. */
  @Test
  void missingDirectory() {
    assertThat(Dictionary.load(dir.resolve("none")).names()).containsExactly("wmmp-3");
  }

  /** Verifies that an overlay can change command numbers, tags, layouts, results, CRC, and add tags. */
  @Test
  void changesEverything() throws Exception {
    overlay("acme.json", """
        {"name": "acme", "serialPrefixes": ["ACME"],
         "commands": {"REGISTER": {"id": "0041", "ackId": "8041"},
                      "LOGIN": {"request": {"fields": [{"name": "softwareVersion", "type": "ascii", "size": 4}]},
                                "results": {"2": {"name": "nobody"}}}},
         "tlvs": {"message-digest": {"tag": "E0AA"},
                  "acme-temperature": {"tag": "8500", "type": "uint16", "meaning": "tenths of a degree"}},
         "crc16": {"name": "CCITT", "polynomial": "1021", "reflected": false}}""");

    var dictionary = Dictionary.load(dir);
    var acme = dictionary.dialect("acme").orElseThrow();

    assertThat(acme.command(0x0041).command()).isEqualTo(Command.REGISTER);
    assertThat(acme.knows(0x0008)).isFalse();
    assertThat(acme.command(Command.LOGIN).request().fixedSize()).isEqualTo(4);
    assertThat(acme.command(Command.LOGIN).results().nameOf(2)).isEqualTo("nobody");
    assertThat(acme.command(Command.LOGIN).results().codes()).hasSize(9);
    assertThat(acme.tags().digest()).isEqualTo(0xE0AA);
    assertThat(acme.tlv(0x8500).name()).isEqualTo("acme-temperature");
    assertThat(acme.tlv(0x8500).grade()).isEqualTo(Grade.ASSIGNED);
    assertThat(acme.crc16().polynomial()).isEqualTo(0x1021);
    assertThat(dictionary.dialectFor("ACME000000000001", 0x0300)).isSameAs(acme);
    assertThat(dictionary.dialectFor("OTHER00000000001", 0x0300)).isSameAs(dictionary.dialect());
    assertThat(dictionary.dialect().tags().digest()).isEqualTo(0xE021);
  }

  /** Verifies that an overlay can change how secrets look, and leaves the rest of them as it was. */
  @Test
  void changesSecrets() throws Exception {
    overlay("acme.json", """
        {"name": "acme",
         "tlvs": {"uplink-password": {"min": 12, "max": 12}, "downlink-password": {"min": 12, "max": 12}},
         "secrets": {"password": {"length": 12, "characters": "-0-9_"},
                     "sessionKey": {"length": 24, "octets": "01 30-32 FF", "grade": "confirmed"},
                     "absentBaseKey": {"length": 16}}}""");

    var secrets = Dictionary.load(dir).dialect("acme").orElseThrow().secrets();

    assertThat(secrets.password()).isEqualTo(new SecretDef(12, "-0123456789_", Grade.OBSERVED));
    assertThat(secrets.sessionKey())
        .isEqualTo(new SecretDef(24, "\u0001012\u00ff", Grade.CONFIRMED));
    assertThat(secrets.baseKey().length()).isEqualTo(24);
    assertThat(secrets.absentBaseKeyLength()).isEqualTo(16);
  }

  /** Verifies that the example in conf/examples/dialects gives version 0100 its header of 26 bytes, and nothing else changes. */
  @Test
  void example() {
    var dictionary = Dictionary.load(Path.of("conf/examples/dialects"));
    var old = dictionary.dialect("wmmp-1").orElseThrow();

    assertThat(old.header().size()).isEqualTo(26);
    assertThat(old.header().hasFlags()).isFalse();
    assertThat(dictionary.minFrame()).isEqualTo(26);
    assertThat(dictionary.header(0x0100).size()).isEqualTo(26);
    assertThat(dictionary.header(0x0300).size()).isEqualTo(28);
    assertThat(dictionary.dialectFor("TERM000000000001", 0x0100)).isSameAs(old);
    assertThat(old.tlvs()).hasSize(226);
  }

  /** Verifies that an overlay may extend another one and inherits no serial prefixes. */
  @Test
  void extendsAnother() throws Exception {
    overlay("a.json", "{\"name\": \"a\", \"extends\": \"b\"}");
    overlay(
        "b.json",
        "{\"name\": \"b\", \"serialPrefixes\": [\"B\"], \"tlvs\": {\"cell-id\": {\"tag\": \"3F06\"}}}");

    var dictionary = Dictionary.load(dir);

    assertThat(dictionary.dialect("a").orElseThrow().tags().cellId()).isEqualTo(0x3F06);
    assertThat(dictionary.dialectFor("B", 0x0300).name()).isEqualTo("b");
  }

  /** Verifies that every overlay shown in the guide loads. */
  @Test
  void guide() throws Exception {
    var blocks = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(Path.of("docs/dialects.md")))
        .results()
        .toList();
    for (int i = 0; i < blocks.size(); i++) {
      overlay(i + ".json", blocks.get(i).group(1));
    }

    assertThat(blocks).hasSizeGreaterThan(3);
    assertThat(Dictionary.load(dir).names()).hasSize(blocks.size() + 1);
  }

  /** Verifies that a broken overlay is refused with its file, the place, and what is wrong there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{ | line 1",
        "[] | an overlay is an object",
        "{\"name\": \"wmmp-3\"} | exists already",
        "{\"name\": \"x\", \"extends\": \"y\"} | no dialect is named y",
        "{\"name\": \"x\", \"extends\": \"x\"} | extend each other",
        "{\"name\": \"x\", \"nonsense\": 1} | nonsense: unknown",
        "{\"name\": \"x\", \"commands\": {\"LOGIN\": {\"routed\": true}}} | only TRANSPARENT_CMD",
        "{\"name\": \"x\", \"name\": \"x\"} | Duplicate field",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": {\"tag\": \"3007\"}}} | the tag 3007 is also that of",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": {\"tag\": 3007}}} | tlvs.cell-id.tag: text was expected",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": {\"tag\": \"30\"}}} | 4 hex digits were expected",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": {\"type\": \"uint24\"}}} | unknown type uint24",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": {\"struct\": \"cell\"}}} | no struct is named cell",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": {\"mni\": 3}}} | tlvs.cell-id.mni: unknown",
        "{\"name\": \"x\", \"tlvs\": {\"signal-level\": {\"max\": 3}}} | do not go with type uint8",
        "{\"name\": \"x\", \"tlvs\": {\"cell-id\": null}} | no TLV is named cell-id",
        "{\"name\": \"x\", \"roles\": {\"digest\": \"digest\"}} | roles.digest: no TLV is named digest",
        "{\"name\": \"x\", \"roles\": {\"digset\": \"cell-id\"}} | roles: unknown [digset]",
        "{\"name\": \"x\", \"roles\": {\"digest\": null}} | roles.digest: missing",
        "{\"name\": \"x\", \"commands\": {\"LOGIN\": null}} | LOGIN is missing",
        "{\"name\": \"x\", \"commands\": {\"PING\": {}}} | commands.PING: one of",
        "{\"name\": \"x\", \"commands\": {\"LOGIN\": {\"id\": \"0008\", \"ackId\": \"8008\"}}} | also that of",
        "{\"name\": \"x\", \"commands\": {\"LOGIN\": {\"ackId\": \"8008\"}}} | must be the same number",
        "{\"name\": \"x\", \"commands\": {\"FILE_REQ\": {\"refusal\": {\"code\": 77}}}} | not among the results",
        "{\"name\": \"x\", \"commands\": {\"LOGIN\": {\"results\": {\"2\": {\"name\": \"inSync\"}}}}} | is given twice",
        "{\"name\": \"x\", \"headers\": {\"v3\": {\"size\": 20}}} | contradict each other",
        "{\"name\": \"x\", \"headers\": {\"v3\": {\"size\": 30}}} | different header for this version",
        "{\"name\": \"x\", \"security\": {\"cipher\": \"rot13\"}} | rot13 is not among codes.cipher",
        "{\"name\": \"x\", \"digestRules\": {\"always\": [\"LOGON\"]}} | digestRules.always[0]: one of",
        "{\"name\": \"x\", \"digestRules\": {\"headonly\": []}} | digestRules.headonly: unknown",
        "{\"name\": \"x\", \"headers\": {\"v3\": {\"length\": 28}}} | headers.v3.length: unknown",
        "{\"name\": \"x\", \"codes\": {\"logoutReason\": null}} | codes.logoutReason: missing",
        "{\"name\": \"x\", \"secrets\": null} | secrets: missing",
        "{\"name\": \"x\", \"secrets\": {\"pin\": {}}} | secrets.pin: unknown",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"lenght\": 8}}} | secrets.password.lenght: unknown",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"length\": 9}}} | do not fit the TLV uplink-password",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"length\": 0}}} | secrets.password.length: 1 to 65535",
        "{\"name\": \"x\", \"secrets\": {\"baseKey\": {\"length\": 15}}} | secrets.baseKey.length: 16 to 65535",
        "{\"name\": \"x\", \"secrets\": {\"baseKey\": {\"length\": 25}}} | do not fit the TLV base-key",
        "{\"name\": \"x\", \"secrets\": {\"sessionKey\": {\"length\": 33}}} | do not fit the TLV session-key",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"characters\": \"\"}}} | at least one octet",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"characters\": \"0-9a5\"}}} | an octet is given twice",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"characters\": \"z-a\"}}} | in rising ranges",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"characters\": \"钥\"}}} | from 01 to FF",
        "{\"name\": \"x\", \"secrets\": {\"password\": {\"octets\": \"01-FF\"}}} | either characters or octets",
        "{\"name\": \"x\", \"secrets\": {\"sessionKey\": {\"octets\": null}}} | either characters or octets",
        "{\"name\": \"x\", \"secrets\": {\"sessionKey\": {\"octets\": \"00-FF\"}}} | from 01 to FF",
        "{\"name\": \"x\", \"secrets\": {\"sessionKey\": {\"octets\": \"1-FF\"}}} | hex octets and ranges",
      })
  void broken(String json, String complaint) throws Exception {
    overlay("broken.json", json);

    assertThatThrownBy(() -> Dictionary.load(dir))
        .isInstanceOf(DictionaryFault.class)
        .hasMessageContaining(complaint);
  }
}
