package io.m2mgate.sms;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.api.ShortMessageReceipt;
import io.m2mgate.api.ShortMessageReceipt.State;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmppReceiptTest {

  // Verifies that receipts are understood as centres write them, with and without blanks, in any
  // case.
  @ParameterizedTest
  @CsvSource({
    "id:7f sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:x, 7f, DELIVERED, 000",
    "ID: 0012 STAT: UNDELIV ERR: 1A, 0012, UNDELIVERABLE, 1A",
    "id:9 stat:EXPIRED, 9, EXPIRED, ''",
    "id:9 stat:REJECTD err:255, 9, REJECTED, 255",
    "id:9 stat:ACCEPTD, 9, DELIVERED, ''",
    "id:9 stat:ENROUTE, 9, UNDER_WAY, ''",
    "id:9 stat:DELETED, 9, UNKNOWN, ''",
    "id:9, 9, UNKNOWN, ''"
  })
  void readsText(String text, String id, State state, String error) {
    assertThat(SmppReceipt.read(text, Optional.empty(), false))
        .contains(new ShortMessageReceipt(id, state, error));
  }

  // Verifies that an identifier beside the text counts more, that a notification is no end, and
  // that nothing is
  // made of a text without one.
  @Test
  void readsWhatStandsBeside() {
    assertThat(SmppReceipt.read("id:9 stat:DELIVRD", Optional.of("a"), true))
        .contains(new ShortMessageReceipt("a", State.UNDER_WAY, ""));
    assertThat(SmppReceipt.read("valid:yes stat:DELIVRD", Optional.empty(), false))
        .isEmpty();
  }
}
