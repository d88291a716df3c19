package io.m2mgate.house;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the methods of a source text and their lengths by counting braces; good for formatted code, not for any. */
final class JavaMethods {
  private static final Pattern NOT_CODE = Pattern.compile(
      "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])*'|//[^\n]*|/\\*.*?\\*/",
      Pattern.DOTALL);
  private static final Pattern TYPE = Pattern.compile("\\b(class|interface|record|enum)\\s+\\w+");
  private static final Pattern ANNOTATION = Pattern.compile("@[\\w.]+(\\s*\\([^()]*\\))?");
  private static final Pattern METHOD = Pattern.compile("(\\w+)\\s*\\(");

  /** A method with the line of its first brace and its length in lines. */
  record Found(String name, int line, int lines) {}

  private enum Kind {
    TYPE,
    METHOD,
    BLOCK
  }

  private record Open(Kind kind, String name, int line) {}

  private final List<Found> found = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private final StringBuilder head = new StringBuilder();
  private int line = 1;

  private JavaMethods() {}

  static List<Found> in(String source) {
    var methods = new JavaMethods();
    // What is no code goes, its line breaks stay: "a{b" must not count, and lines must keep their
    // numbers.
    NOT_CODE
        .matcher(source)
        .replaceAll(match -> match.group().replaceAll("[^\n]", ""))
        .chars()
        .forEach(methods::read);
    return methods.found;
  }

  private void read(int character) {
    switch (character) {
      case '\n' -> line++;
      case '{' -> open.push(opened());
      case '}' -> close();
      default -> {}
    }
    if (character == '{' || character == '}' || character == ';') {
      head.setLength(0);
    } else {
      head.append((char) character);
    }
  }

  private Open opened() {
    String text = ANNOTATION.matcher(head).replaceAll("");
    if (TYPE.matcher(text).find()) {
      return new Open(Kind.TYPE, "", line);
    }
    boolean member = !open.isEmpty() && open.peek().kind() == Kind.TYPE && text.indexOf('=') < 0;
    var method = METHOD.matcher(text);
    return member && method.find()
        ? new Open(Kind.METHOD, method.group(1), line)
        : new Open(Kind.BLOCK, "", line);
  }

  private void close() {
    Open closed = open.pop();
    if (closed.kind() == Kind.METHOD) {
      found.add(new Found(closed.name(), closed.line(), line - closed.line() + 1));
    }
  }
}
