package io.m2mgate.cli.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventPageParserTest {
  // Verifies that offset, mark and payload are found among everything else an envelope has.
  @Test
  void findsWhatTheLedgerNeeds() throws IOException {
    // GIVEN a page as application.md prints it, with members that nobody here knows
    byte[] page = """
        {"events":[
          {"specversion":"1.0","id":"01J","data":{"to":{"app":"EC01"},"payload":"AQID","decoded":{"payload":"no"},
           "suspectedDuplicate":true},"offset":12,"tseq":3},
          {"offset":13,"data":{"seq":1}}],
         "next":13,"oldest":1,"more":[[{}]]}
        """.getBytes(StandardCharsets.UTF_8);
    List<String> seen = new ArrayList<>();
    // WHEN it is parsed
    long next = EventPageParser.parse(
        page, (offset, marked, payload) -> seen.add(offset + " " + marked + " " + payload.length));
    // THEN
    assertThat(next).isEqualTo(13);
    assertThat(seen).containsExactly("12 true 3", "13 false 0");
  }

  // Verifies that something else than a page is an error and no endless loop.
  @Test
  void refusesOtherText() {
    assertThatThrownBy(
            () -> EventPageParser.parse("{}".getBytes(StandardCharsets.UTF_8), (o, m, p) -> {}))
        .isInstanceOf(IOException.class);
  }
}
