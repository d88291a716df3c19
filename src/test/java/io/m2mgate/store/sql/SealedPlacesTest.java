package io.m2mgate.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.session.SessionState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list that the change of the master key goes by. */
class SealedPlacesTest {
  private static final Pattern TABLE = Pattern.compile("(?:CREATE|ALTER) TABLE (\\w+)");
  private static final Pattern BYTES = Pattern.compile("(\\w+) \\$\\{bytes}");

  // Verifies that every binary column of the schema is in the list: whoever adds one is asked
  // whether what it holds is sealed.
  @Test
  void namesEveryBinaryColumn() throws IOException {
    Set<String> inSchema = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("src", "main", "resources", "db", "migration"))) {
      for (Path file : files.toList()) {
        String table = "";
        for (String line : Files.readAllLines(file)) {
          var start = TABLE.matcher(line);
          table = start.find() ? start.group(1) : table;
          var column = BYTES.matcher(line);
          if (column.find()) {
            inSchema.add(table + "." + column.group(1));
          }
        }
      }
    }
    Set<String> listed = new TreeSet<>();
    SealedPlaces.ALL.forEach(place ->
        place.columns().forEach(column -> listed.add(place.table() + "." + column.name())));

    assertThat(inSchema).hasSizeGreaterThan(5);
    assertThat(listed).containsAll(inSchema);
  }

  // Verifies that the sealed key of each token of a session is shown with its timestamp, and that
  // nothing else of the tokens changes.
  @Test
  void resealsTheKeysOfSessions() {
    byte[] one = "sealed-1".getBytes(StandardCharsets.US_ASCII);
    byte[] two = "sealed-2".getBytes(StandardCharsets.US_ASCII);
    String tokens =
        "[[0,1700000000,1,-5,6,0,3,1,\"3des\",\"%s\",1800000000],[1,1700000001,0,7,8,0,3,0]]"
            .formatted(Base64.getEncoder().encodeToString(one));
    List<String> shown = new ArrayList<>();

    String resealed = SessionJson.resealed(tokens, (timestamp, value) -> {
      shown.add(timestamp + ":" + new String(value, StandardCharsets.US_ASCII));
      return two;
    });

    assertThat(shown).containsExactly("1700000000:sealed-1");
    SessionState before = SessionJson.decode(1, 1, 2, tokens, "{}");
    SessionState after = SessionJson.decode(1, 1, 2, resealed, "{}");
    assertThat(after.tentative()).isEqualTo(before.tentative());
    assertThat(after.confirmed().orElseThrow().key().orElseThrow().sealed())
        .isEqualTo(Base64.getEncoder().encodeToString(two));
    assertThat(SessionJson.resealed(tokens, (timestamp, value) -> value)).isEqualTo(tokens);
  }
}
