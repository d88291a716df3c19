package io.m2mgate.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Programs that a document shows: blocks of code behind a line {@code <!-- snippet: name -->}. */
public final class Snippets {
  private final String text;

  public Snippets(Path document) {
    try {
      text = Files.readString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the one of this name into a directory, as it stands in the document. */
  public Path writeTo(Path directory, String name) {
    Matcher block = Pattern.compile(
            "<!-- snippet: " + Pattern.quote(name) + " -->\n```[a-z]+\n(.*?)\n```\n",
            Pattern.DOTALL)
        .matcher(text);
    if (!block.find()) {
      throw new AssertionError("the document has no snippet " + name);
    }
    try {
      return Files.writeString(directory.resolve(name), block.group(1) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
