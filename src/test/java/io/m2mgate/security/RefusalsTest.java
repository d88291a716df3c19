package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.dictionary.Command;
import io.m2mgate.dictionary.CommandDef;
import io.m2mgate.session.FakeOrigin;
import io.m2mgate.session.Inbound;
import io.m2mgate.wire.Bytes;
import io.m2mgate.wire.Frame;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Wire 7, "Refusal code", and wire 8. */
class RefusalsTest {

  private static Optional<String> refusal(Command command, Frame request) {
    return Refusals.of(def(command), in(request)).map(Bytes::hex);
  }

  private static Inbound in(Frame request) {
    return new Inbound(request, FakeOrigin.at("a"), 0);
  }

  private static CommandDef def(Command command) {
    return RequestFrames.DIALECT.command(command);
  }

  private static Frame usual(Command command) {
    return RequestFrames.unsigned(RequestFrames.of(command, 1));
  }

  // Verifies each command's refusal: its own code, and what its acknowledgement carries beside it.
  @ParameterizedTest
  @CsvSource({
    "TRANSPARENT_DATA, 03",
    "CONFIG_TRAP, 01",
    "CONFIG_REQ, 0100110000",
    "SECURITY_CONFIG, 03",
    "FILE_REQ, 010203040100000a0b0c0d0000",
    "TRANSPARENT_CMD, 03"
  })
  void refusesByCommand(Command command, String body) {
    assertThat(refusal(command, usual(command))).contains(body);
  }

  // Verifies that what has no refusal is met with silence.
  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"LOGIN", "LOGOUT", "HEART_BEAT", "REGISTER"})
  void staysSilent(Command command) {
    assertThat(refusal(command, usual(command))).isEmpty();
  }

  // Verifies that requests that only a platform makes get no answer.
  @ParameterizedTest
  @EnumSource(
      value = Command.class,
      names = {"CONFIG_GET", "CONFIG_SET", "REMOTE_CTRL", "DOWNLOAD_INFO"})
  void ignoresPlatformRequests(Command command) {
    assertThat(refusal(command, usual(command))).isEmpty();
  }

  // Verifies the result for a TLV that runs past the body: the tag where the command can say it,
  // else the refusal.
  @ParameterizedTest
  @CsvSource({
    "CONFIG_TRAP, 0111220000",
    "CONFIG_REQ, 0111220000",
    "SECURITY_CONFIG, 0211220000",
    "TRANSPARENT_DATA, 03",
    "TRANSPARENT_CMD, 03"
  })
  void tellsBadTag(Command command, String body) {
    assertThat(Refusals.badTag(def(command), in(usual(command)), 0x1122).map(Bytes::hex))
        .contains(body);
  }

  // Verifies that where no tag is to blame the refusal is the plain one.
  @Test
  void refusesWithoutTag() {
    assertThat(Refusals.badTag(def(Command.CONFIG_TRAP), in(usual(Command.CONFIG_TRAP)), -1)
            .map(Bytes::hex))
        .contains("01");
  }

  // Verifies that a request too short to tell what it asks is refused without reading beyond it.
  @Test
  void takesShortRequests() {
    Frame file =
        RequestFrames.frame(RequestFrames.of(Command.FILE_REQ, 1).build(new byte[] {1, 2}));
    Frame config =
        RequestFrames.frame(RequestFrames.of(Command.CONFIG_REQ, 1).build(new byte[] {1}));

    assertThat(refusal(Command.FILE_REQ, file)).contains("00000000010000000000000000");
    assertThat(refusal(Command.CONFIG_REQ, config)).contains("01");
  }

  // Verifies which answers are given again from the stored result, and that others are made anew.
  @Test
  void answersAgain() {
    assertThat(Answers.again(def(Command.TRANSPARENT_DATA), 4)).contains(new byte[] {4});
    assertThat(Answers.again(def(Command.TRANSPARENT_CMD), 3)).contains(new byte[] {3});
    assertThat(Answers.again(def(Command.CONFIG_TRAP), 0)).contains(new byte[] {0});
    assertThat(Answers.again(def(Command.CONFIG_TRAP), 1)).contains(new byte[] {1});
    assertThat(Answers.again(def(Command.LOGOUT), 0)).contains(new byte[0]);
    assertThat(Answers.again(def(Command.HEART_BEAT), 0)).contains(new byte[0]);
    assertThat(Answers.again(def(Command.CONFIG_REQ), 1)).isEmpty();
    assertThat(Answers.again(def(Command.FILE_REQ), 1)).isEmpty();
  }
}
