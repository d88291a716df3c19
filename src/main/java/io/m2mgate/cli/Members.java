package io.m2mgate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The forms in which a command line gives members of a request; what is in them is checked by the gateway. Stateless. */
final class Members {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9-]{1,60})(:?=)(.*)", Pattern.DOTALL);
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

  private Members() {}

  /** One member with its value. */
  record Member(String name, JsonNode value) {
    void addTo(ObjectNode request) {
      request.set(name, value);
    }
  }

  /** NAME=TEXT, or NAME:=JSON. */
  static final class TextForm implements ITypeConverter<Member> {
    @Override
    public Member convert(String given) {
      return member(given, false);
    }
  }

  /** NAME=VALUE, where whole numbers are numbers and anything else is text, or NAME:=JSON. */
  static Member parameter(String given) {
    return member(given, true);
  }

  private static Member member(String given, boolean numbers) {
    Matcher read = FORM.matcher(given);
    if (!read.matches()) {
      throw new TypeConversionException("'" + given + "': valid is NAME=VALUE or NAME:=JSON");
    }
    String text = read.group(3);
    boolean json = read.group(2).equals(":=") || numbers && WHOLE.matcher(text).matches();
    return new Member(read.group(1), json ? json(text) : JSON.getNodeFactory().textNode(text));
  }

  /** @throws TypeConversionException when it is none */
  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new TypeConversionException("'" + text + "' is not JSON");
    }
  }
}
