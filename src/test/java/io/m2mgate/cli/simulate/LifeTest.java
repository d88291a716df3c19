package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.cli.simulate.Life.Need;
import io.m2mgate.cli.simulate.SecurityOptions.Registration;
import io.m2mgate.cli.simulate.SecurityOptions.Renewal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LifeTest {
  private static final Keys PRESET = SimulatedIdentity.of(1, "APP", 7).keys();
  private static final byte[] SERIAL = SimulatedIdentity.ascii("SERIAL0000000001");
  private static final byte[] NEXT_IMSI = SimulatedIdentity.ascii("461000000000007");
  private static final Given FIRST = given("Uplink01", "Downlnk1", "BaseKeyBaseKeyBaseKey001");
  private static final Given OTHER = given("Uplink02", "Downlnk2", "BaseKeyBaseKeyBaseKey002");

  private static Given given(String uplink, String downlink, String baseKey) {
    return new Given(
        SimulatedIdentity.ascii(uplink),
        SimulatedIdentity.ascii(downlink),
        SimulatedIdentity.ascii(baseKey));
  }

  private static Life life(Registration how) {
    return new Life(PRESET, Optional.ofNullable(how), NEXT_IMSI, Optional.empty(), false);
  }

  private static Life planning(Renewal renewal, boolean clears) {
    Life life = new Life(PRESET, Optional.empty(), NEXT_IMSI, Optional.ofNullable(renewal), clears);
    comeIntoSession(life);
    return life;
  }

  private static void comeIntoSession(Life life) {
    assertThat(life.need()).isEqualTo(Need.LOGIN);
    life.loggedIn();
    assertThat(life.need()).isEqualTo(Need.CONFIRMATION);
    life.nowConfirmed();
  }

  // Verifies that a provisioned terminal logs in, confirms and works.
  @Test
  void logsIn() {
    Life life = life(null);
    comeIntoSession(life);
    assertThat(life.need()).isEqualTo(Need.NOTHING);
    assertThat(life.settled()).isTrue();
  }

  // Verifies that a registration whose secrets follow waits for them and uses them.
  @ParameterizedTest
  @EnumSource(
      value = Registration.class,
      names = {"ASK_SERIAL", "ASK_SECURITY", "CLEARED"})
  void takesTheSecretsOfItsRegistration(Registration how) {
    Life life = life(how);
    assertThat(life.need()).isEqualTo(Need.REGISTER);
    assertThat(life.registration()).isEqualTo(how);
    life.registered(SERIAL, true);
    assertThat(life.need()).isEqualTo(Need.SECRETS);
    life.equipped(FIRST);
    assertThat(life.need()).isEqualTo(Need.LOGIN);
    assertThat(life.keys().serial()).isEqualTo(SERIAL);
    assertThat(FIRST.isIn(life.keys())).isTrue();
  }

  // Verifies that secrets come over the connection of their registration or not at all.
  @Test
  void registersAgainWhereTheConnectionIsLost() {
    Life life = life(Registration.ASK_SERIAL);
    life.registered(SERIAL, true);
    life.connectionLost();
    assertThat(life.need()).isEqualTo(Need.REGISTER);
    assertThat(life.keys().serial()).isEqualTo(SERIAL);
  }

  // Verifies that a terminal with preset secrets keeps them, and that a rebinding binds the next
  // SIM.
  @Test
  void keepsWhatItBrings() {
    Life preset = life(Registration.PRESET);
    preset.registered(SERIAL, false);
    assertThat(preset.need()).isEqualTo(Need.LOGIN);
    assertThat(preset.keys().uplink()).isEqualTo(PRESET.uplink());
    assertThat(preset.keys().imsi()).isEqualTo(PRESET.imsi());
    Life rebound = life(Registration.REBIND);
    rebound.registered(SERIAL, false);
    assertThat(rebound.keys().imsi()).isEqualTo(NEXT_IMSI);
  }

  // Verifies that other secrets are used from the next LOGIN on, and not before.
  @Test
  void renews() {
    Life life = planning(Renewal.PLATFORM, false);
    life.release();
    assertThat(life.need()).isEqualTo(Need.NOTHING);
    assertThat(life.settled()).isFalse();
    assertThat(life.renewedBy(OTHER)).isTrue();
    assertThat(life.need()).isEqualTo(Need.RENEWAL);
    assertThat(OTHER.isIn(life.keys())).isFalse();
    life.loggedOut();
    assertThat(OTHER.isIn(life.keys())).isTrue();
    assertThat(life.need()).isEqualTo(Need.LOGIN);
    life.loggedIn();
    assertThat(life.settled()).isFalse();
    assertThat(life.nowConfirmed()).isTrue();
    assertThat(life.settled()).isTrue();
    assertThat(life.renewedBy(OTHER)).isFalse();
    assertThat(life.need()).isEqualTo(Need.NOTHING);
  }

  // Verifies that a session that is lost on the way costs no set.
  @Test
  void renewsAfterALostSession() {
    Life life = planning(Renewal.ASK_PLAIN, false);
    life.release();
    assertThat(life.need()).isEqualTo(Need.REQUEST);
    life.askedForSecrets();
    life.renewedBy(OTHER);
    life.sessionLost();
    comeIntoSession(life);
    assertThat(life.need()).isEqualTo(Need.RENEWAL);
    life.loggedOut();
    comeIntoSession(life);
    assertThat(life.settled()).isTrue();
  }

  // Verifies that a refused request is not made again, and that what is planned behind it is done.
  @Test
  void goesOnAfterARefusedRequest() {
    Life life = planning(Renewal.ASK_PLAIN, true);
    assertThat(life.need()).isEqualTo(Need.NOTHING);
    life.release();
    life.askedForSecrets();
    life.refusedSecrets();
    assertThat(life.need()).isEqualTo(Need.CLEARING);
  }

  // Verifies that a terminal that forgets its secrets comes back for others, also where it had some
  // in hand.
  @Test
  void forgets() {
    Life life = planning(null, true);
    life.release();
    assertThat(life.need()).isEqualTo(Need.CLEARING);
    life.cleared();
    assertThat(life.keys().hasPasswords()).isFalse();
    assertThat(life.need()).isEqualTo(Need.REGISTER);
    assertThat(life.registration()).isEqualTo(Registration.CLEARED);
    life.registered(SERIAL, true);
    life.equipped(FIRST);
    assertThat(life.settled()).isFalse();
    comeIntoSession(life);
    assertThat(life.settled()).isTrue();
    assertThat(life.need()).isEqualTo(Need.NOTHING);
  }

  // Verifies that a rotation that nobody planned takes nothing from the plan.
  @Test
  void takesARotationThatNobodyPlanned() {
    Life life = planning(null, true);
    life.renewedBy(OTHER);
    life.loggedOut();
    comeIntoSession(life);
    assertThat(life.settled()).isFalse();
    life.release();
    assertThat(life.need()).isEqualTo(Need.CLEARING);
  }

  // Verifies that no key is printed with the state that holds it.
  @Test
  void printsNoSecret() {
    Seal seal = new Seal(PRESET, 1, FIRST.uplink());
    assertThat(PRESET + " " + FIRST + " " + seal).doesNotContain("Uplink01", "[B@");
  }
}
