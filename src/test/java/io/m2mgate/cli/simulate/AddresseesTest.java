package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AddresseesTest {
  private static final int FIRST = 100_000;

  private final Addressees<Somebody> addressees = new Addressees<>(FIRST, 10);

  private static final class Somebody implements Addressees.Named {
    private byte[] serial;

    private Somebody(String serial) {
      this.serial = serial(serial);
    }

    @Override
    public boolean isCalled(byte[] bytes, int at) {
      return Arrays.equals(serial, 0, serial.length, bytes, at, at + serial.length);
    }
  }

  private static byte[] serial(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private Somebody add(int number, String serial) {
    var somebody = new Somebody(serial);
    addressees.add(number, somebody.serial, somebody);
    return somebody;
  }

  private Object found(String serial) {
    byte[] frame = serial("head" + serial + "body");
    return addressees.find(frame, 4).map(Object.class::cast).orElse("nobody");
  }

  // Verifies that a datagram is given to the terminal whose serial stands in it, by its number
  // where it
  // has the serial of its number, and that near misses find nobody.
  @Test
  void findsByNumber() {
    Somebody first = add(FIRST, "SIM0ABCDEF100000");
    Somebody last = add(FIRST + 9, "SIM0ABCDEF100009");
    assertThat(found("SIM0ABCDEF100000")).isSameAs(first);
    assertThat(found("SIM0ABCDEF100009")).isSameAs(last);
    for (String nobody : new String[] {
      "SIM0ABCDEX100000",
      "SIM0ABCDEF100005",
      "SIM0ABCDEF100010",
      "SIM0ABCDEF099999",
      "SIM0ABCDEF10000A"
    }) {
      assertThat(found(nobody)).isEqualTo("nobody");
    }
  }

  // Verifies that a terminal is found under a serial that it was given, whatever it ends in.
  @Test
  void findsByOtherSerials() {
    Somebody registered = add(FIRST + 1, "GIVEN00000ZZZZZZ");
    Somebody confusing = add(FIRST + 2, "GIVEN00000100003");
    Somebody third = add(FIRST + 3, "SIM0ABCDEF100003");
    assertThat(found("GIVEN00000ZZZZZZ")).isSameAs(registered);
    assertThat(found("GIVEN00000100003")).isSameAs(confusing);
    assertThat(found("SIM0ABCDEF100003")).isSameAs(third);
  }

  // Verifies that a serial that is cut short finds nobody.
  @Test
  void findsNobodyInTooFewBytes() {
    add(FIRST, "SIM0ABCDEF100000");
    assertThat(addressees.find(serial("SIM0ABCDEF1000"), 0)).isEmpty();
  }
}
