package io.m2mgate.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactsTest {

  // Verifies that what is not told changes nothing, and that storing loses nothing.
  @Test
  void keepsWhatWasTold() {
    Facts facts = new Facts();
    facts.login(new LoginFacts("1.01", 20, 6311, 23324));
    facts.login(LoginFacts.NONE);
    facts.radio(31, -1, -1);
    facts.path(FakeOrigin.at("192.0.2.7:1"));

    assertThat(facts.toJson())
        .isEqualTo("{\"softwareVersion\":\"1.01\",\"signal\":31,\"lac\":6311,\"cell\":23324,"
            + "\"bearer\":\"tcp\",\"remote\":\"192.0.2.7:1\",\"mode\":\"tcpLong\"}");
    assertThat(Facts.of(facts.toJson()).toJson()).isEqualTo(facts.toJson());
  }

  // Verifies that text of another form is nothing told.
  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "null", "{", "{\"signal\":\"loud\"}"})
  void takesAnyText(String json) {
    assertThat(Facts.of(json).toJson()).isEqualTo("{}");
  }

  // Verifies that an identity hashes IMEI with a zero byte or without, and never prints.
  @Test
  void keepsIdentitySecret() {
    Identity identity = SampleTerminal.identity();

    assertThat(identity.imei(false)).hasSize(16).endsWith((byte) 0);
    assertThat(identity.imei(true)).hasSize(15);
    assertThat(identity.canSign()).isTrue();
    assertThat(identity.toString()).doesNotContain("1234", "8765");
  }

  // Verifies that its own word on its connection counts before what is desired, and that alone is
  // kept.
  @Test
  void keepsHowItConnects() {
    Facts facts = new Facts();
    facts.toConnect(ConnectionMode.ofText("udpShort"));
    assertThat(facts.connectionMode()).isEqualTo(ConnectionMode.UDP_SHORT);
    assertThat(Facts.of(facts.toJson()).connectionMode()).isEqualTo(ConnectionMode.TCP_LONG);

    facts.connects(ConnectionMode.ofText("sms"));
    assertThat(facts.connectionMode()).isEqualTo(ConnectionMode.SMS);
    assertThat(facts.toJson()).isEqualTo("{\"mode\":\"sms\",\"modeTold\":true}");
    assertThat(Facts.of(facts.toJson()).toldConnection()).isEqualTo(ConnectionMode.ofText("sms"));

    facts.connects(ConnectionMode.ofText("something"));
    assertThat(facts.toldConnection()).isEmpty();
  }
}
