package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.ShortMessageDef;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header of sms.md, against the complete message that was captured there. */
class UserDataTest {
  /** TP-UD of the captured message: what follows its length, 75. */
  static final String CAPTURED =
      "0B05040000C00200030401010069000E000000010300800041534D373030303732323232323232"
          + "3200E02500083132333435363738E0270004AAAAAAAAE02800083837363534333231E02A0004AAAAAAAA"
          + "E0360018313132323333343435353636373738383939303031323334E0380004AAAAAAAA";

  private static final int HEADER = 12;
  private static final HexFormat HEX = HexFormat.of().withUpperCase();
  private static final ShortMessageDef FORM = Dictionary.load().dialect().shortMessages();

  private static UserData read(String hex, boolean hasHeader) throws UserData.Unreadable {
    return UserData.read(HEX.parseHex(hex), hasHeader);
  }

  // Verifies that the header which was captured is the one that is written, byte for byte.
  @Test
  void writesTheCapturedHeader() {
    byte[] frame = HEX.parseHex(CAPTURED.substring(2 * HEADER));

    assertThat(frame).hasSize(105);
    assertThat(HEX.formatHex(UserData.toTerminal(FORM, frame))).isEqualTo(CAPTURED);
  }

  // Verifies that the captured message is read to its frame, whether the centre tells of a header
  // or not.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsTheCapturedMessage(boolean hasHeader) throws Exception {
    UserData read = read(CAPTURED, hasHeader);

    assertThat(HEX.formatHex(read.content())).isEqualTo(CAPTURED.substring(2 * HEADER));
    assertThat(read.total()).isEqualTo(1);
  }

  // Verifies that what terminals send has the port of the service as its destination.
  @Test
  void writesWhatTerminalsSend() throws Exception {
    byte[] sent = UserData.toPlatform(FORM, new byte[] {1, 2, 3});

    assertThat(HEX.formatHex(sent)).isEqualTo("0B05040B2EC0020003040101" + "010203");
    assertThat(UserData.read(sent, false).content()).containsExactly(1, 2, 3);
  }

  // Verifies that other orders, other ports, wide references and elements of others are read.
  @ParameterizedTest
  @CsvSource({
    "0B000304010105040B2EC002AABB, 4, 1, 1, AABB",
    "0B0504FFFFFFFF0003070302CC, 7, 3, 2, CC",
    "0C05040B2EC00208041234020155, 4660, 2, 1, 55",
    "0605040000C002EE, 0, 1, 1, EE",
    "05000309020122, 9, 2, 1, 22",
    "0424026666AB, 0, 1, 1, AB"
  })
  void readsOtherHeaders(String hex, int reference, int total, int index, String content)
      throws Exception {
    UserData read = read(hex, true);

    assertThat(read.reference()).isEqualTo(reference);
    assertThat(read.total()).isEqualTo(total);
    assertThat(read.index()).isEqualTo(index);
    assertThat(HEX.formatHex(read.content())).isEqualTo(content);
  }

  // Verifies that a message without a header, and without the word that it has one, is all content.
  @Test
  void readsBareFrames() throws Exception {
    assertThat(HEX.formatHex(read("001C0003", false).content())).isEqualTo("001C0003");
  }

  // Verifies that headers which run past the data or contradict themselves are refused.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0B",
        "0B0504",
        "0B05040B2EC00200030401",
        "0B05040B2EC0020003040100AA",
        "0B05040B2EC0020003040102AA",
        "0B05070B2EC0020003040101AA",
        "0C05040B2EC002000304010105AA"
      })
  void refusesBrokenHeaders(String hex) {
    assertThatThrownBy(() -> read(hex, true)).isInstanceOf(UserData.Unreadable.class);
  }

  // Verifies that nothing at all is no header.
  @Test
  void refusesNothing() {
    assertThatThrownBy(() -> read("", true)).isInstanceOf(UserData.Unreadable.class);
  }
}
