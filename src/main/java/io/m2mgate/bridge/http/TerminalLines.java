package io.m2mgate.bridge.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.m2mgate.bridge.Fields;
import io.m2mgate.bridge.InvalidRequest;
import io.m2mgate.bridge.Problem;
import io.m2mgate.bridge.ProblemType;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How a line of an upload becomes the members of a terminal. What it says of a bad line never quotes it. Used by one thread. */
sealed interface TerminalLines {

  /** Whether the first line names the columns. */
  boolean wantsHeader();

  /** Throws {@link InvalidRequest}: without its columns nothing of the upload can be read. */
  void header(byte[] line);

  /** Throws {@link Problem} or {@link InvalidRequest}. */
  Fields read(byte[] line);

  /** One JSON object a line. */
  final class Json implements TerminalLines {
    @Override
    public boolean wantsHeader() {
      return false;
    }

    @Override
    public void header(byte[] line) {
      throw new IllegalStateException("there is none");
    }

    @Override
    public Fields read(byte[] line) {
      try {
        return Fields.parse(Buffer.buffer(line), TerminalBody.MEMBERS);
      } catch (Problem malformed) {
        // The parser's own words may quote a secret that stands in the wrong place.
        throw Problem.of(ProblemType.MALFORMED_JSON, "the line is not one JSON object");
      }
    }
  }

  /** RFC 4180 with a header, but for one thing: a record is one line, so that a lost quote costs one line. */
  final class Csv implements TerminalLines {
    private static final Set<String> NEEDED = Set.of("serial", "imei", "app");

    private final CsvReader.CsvReaderBuilder reader =
        CsvReader.builder().allowUnclosedQuote(false).allowExtraCharsAfterClosingQuote(false);
    private List<String> columns = List.of();

    @Override
    public boolean wantsHeader() {
      return columns.isEmpty();
    }

    @Override
    public void header(byte[] line) {
      var names = cells(line).stream().map(String::strip).toList();
      var faults = new ArrayList<InvalidRequest.Fault>();
      var known = List.of(TerminalBody.MEMBERS);
      var seen = new HashSet<String>();
      for (int i = 0; i < names.size(); i++) {
        var pointer = "/header/" + i;
        if (!known.contains(names.get(i))) {
          faults.add(InvalidRequest.Fault.of(pointer, "no such column", String.join(", ", known)));
        } else if (!seen.add(names.get(i))) {
          faults.add(InvalidRequest.Fault.of(pointer, "named twice"));
        }
      }
      NEEDED.stream()
          .filter(name -> !seen.contains(name))
          .sorted()
          .forEach(
              name -> faults.add(InvalidRequest.Fault.of("/header", "lacks the column " + name)));
      if (!faults.isEmpty()) {
        throw new InvalidRequest(faults);
      }
      columns = names;
    }

    @Override
    public Fields read(byte[] line) {
      var cells = cells(line);
      if (cells.size() != columns.size()) {
        throw InvalidRequest.at(
            "", "has " + cells.size() + " cells", columns.size() + ", as the header");
      }
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (int i = 0; i < cells.size(); i++) {
        if (!cells.get(i).isEmpty()) {
          put(object, columns.get(i), cells.get(i));
        }
      }
      return Fields.of(object, TerminalBody.MEMBERS);
    }

    private static void put(ObjectNode object, String column, String cell) {
      boolean flag = cell.equalsIgnoreCase("true") || cell.equalsIgnoreCase("false");
      if (column.equals("enabled") && flag) {
        object.put(column, Boolean.parseBoolean(cell));
      } else {
        object.put(column, cell);
      }
    }

    private List<String> cells(byte[] line) {
      try {
        return reader
            .ofSingleCsvRecord(new String(line, StandardCharsets.UTF_8))
            .getFields();
      } catch (CsvParseException e) {
        throw InvalidRequest.at("", "not a record of CSV", "RFC 4180, one record a line");
      }
    }
  }
}
