package io.m2mgate.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the message centre has, in a file that outlives its process: a line a message and a line when it is done. Written before anybody
 * is answered. Guarded by itself.
 */
public final class SmscStore {
  private final Path file;
  private final Map<Integer, Held> held = new LinkedHashMap<>();
  private int last;

  /** A message for the gateway. */
  record Held(
      int id,
      String from,
      String to,
      int esmClass,
      int dataCoding,
      byte[] content,
      boolean payload) {}

  /** A message that the gateway submitted, and what it was answered: a status, or -1 for nothing. */
  public record Submitted(int id, int status, byte[] pdu) {
    public SmppPdu.Message message() {
      return SmppPdu.message(java.util.Arrays.copyOfRange(pdu, 16, pdu.length));
    }
  }

  SmscStore(Path file) throws IOException {
    this.file = file;
    for (String line : lines(file)) {
      String[] words = line.split(" ");
      int id = Integer.parseInt(words[1]);
      last = Math.max(last, id);
      if (words[0].equals("MO")) {
        held.put(id, held(id, words));
      } else if (words[0].equals("DONE")) {
        held.remove(id);
      }
    }
  }

  private static Held held(int id, String[] words) {
    return new Held(
        id,
        words[2],
        words[3],
        Integer.parseInt(words[4]),
        Integer.parseInt(words[5]),
        HexFormat.of().parseHex(words[6]),
        Boolean.parseBoolean(words[7]));
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private void write(String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  synchronized int hold(
      String from, String to, int esmClass, int dataCoding, String content, boolean payload)
      throws IOException {
    int id = ++last;
    String line = String.join(
        " ", "MO", "" + id, from, to, "" + esmClass, "" + dataCoding, content, "" + payload);
    write(line);
    held.put(id, held(id, line.split(" ")));
    return id;
  }

  synchronized void done(int id) throws IOException {
    if (held.remove(id) != null) {
      write("DONE " + id);
    }
  }

  synchronized List<Held> held() {
    return new ArrayList<>(held.values());
  }

  synchronized int submitted(int status, byte[] pdu) throws IOException {
    int id = ++last;
    write("MT " + id + " " + status + " " + HexFormat.of().formatHex(pdu));
    return id;
  }

  /** What was submitted so far, also to processes that have ended. */
  static List<Submitted> submits(Path file) throws IOException {
    List<Submitted> submits = new ArrayList<>();
    for (String line : lines(file)) {
      String[] words = line.split(" ");
      // The line that is being written now may not be complete.
      if (words[0].equals("MT") && words.length == 4 && words[3].length() > 32) {
        submits.add(new Submitted(
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            HexFormat.of().parseHex(words[3].substring(0, words[3].length() & ~1))));
      }
    }
    return submits;
  }
}
