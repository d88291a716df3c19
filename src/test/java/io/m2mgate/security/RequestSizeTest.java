package io.m2mgate.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.bus.Request;
import io.m2mgate.dictionary.Command;
import io.m2mgate.session.CipherKind;
import io.m2mgate.session.SampleTerminal;
import io.m2mgate.session.SealedKey;
import io.m2mgate.session.Session;
import io.m2mgate.session.SessionKey;
import io.m2mgate.session.Terminal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RequestSizeTest {
  private static final int MOST = 40;

  private final Sealing sealing = Sealing.usual();
  private final Terminal terminal = SampleTerminal.usual();
  private final Session session = terminal.open(terminal.keyring().current(), false, 1, 0);

  private static Request request(int bodyLength, Request.Seal seal) {
    return new Request(
        RequestFrames.DIALECT,
        RequestFrames.DIALECT.command(Command.SECURITY_CONFIG),
        SampleTerminal.SERIAL,
        1,
        new byte[bodyLength],
        seal);
  }

  private void isTheLengthOfTheFrame(Request.Seal seal) {
    for (int length = 0; length <= MOST; length++) {
      Request request = request(length, seal);
      assertThat(RequestSize.bytes(request)).isEqualTo(sealing.sealer().seal(request).length);
    }
  }

  // Verifies that the length asked before a request leaves is that of its frame under every cipher.
  @ParameterizedTest
  @EnumSource(CipherKind.class)
  void knowsEncryptedLengths(CipherKind cipher) {
    session.protect(
        new SessionKey(cipher, new byte[16], Long.MAX_VALUE),
        new SealedKey(cipher, "", Long.MAX_VALUE));
    isTheLengthOfTheFrame(new Request.InSession(session));
  }

  // Verifies the same in clear and of registrations, and that the limit itself fits.
  @Test
  void knowsClearLengths() {
    isTheLengthOfTheFrame(new Request.InSession(session));
    isTheLengthOfTheFrame(new Request.OfRegistration());
    var small = SampleTerminal.profile("{\"maxFrameBytes\":64}");
    Request fits = request(16, new Request.InSession(session));
    Request oneMore = request(17, new Request.InSession(session));
    assertThat(RequestSize.tooLong(fits, small)).isEmpty();
    assertThat(RequestSize.tooLong(oneMore, small))
        .isEqualTo(Optional.of(
            "SECURITY_CONFIG of 65 bytes is longer than maxFrameBytes of profile sample, 64"));
  }
}
