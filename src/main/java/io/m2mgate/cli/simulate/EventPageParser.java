package io.m2mgate.cli.simulate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Reads what the ledger needs out of a page of events, in one pass and without a tree. Stateless. */
final class EventPageParser {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final byte[] NO_PAYLOAD = {};

  private EventPageParser() {}

  /** Takes the events of a page in order. */
  interface Sink {
    void event(long offset, boolean suspectedDuplicate, byte[] payload);
  }

  /** Gives the page's {@code next}. */
  static long parse(byte[] page, Sink sink) throws IOException {
    long next = -1;
    try (JsonParser json = FACTORY.createParser(page)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("events") && value == JsonToken.START_ARRAY) {
          while (json.nextToken() == JsonToken.START_OBJECT) {
            parseEvent(json, sink);
          }
        } else if (name.equals("next")) {
          next = json.getLongValue();
        } else {
          json.skipChildren();
        }
      }
    }
    if (next < 0) {
      throw new IOException("a page of events without 'next'");
    }
    return next;
  }

  private static void parseEvent(JsonParser json, Sink sink) throws IOException {
    long offset = 0;
    boolean suspected = false;
    byte[] payload = NO_PAYLOAD;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("offset")) {
        offset = json.getLongValue();
      } else if (name.equals("data") && value == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String member = json.currentName();
          JsonToken content = json.nextToken();
          if (member.equals("payload") && content == JsonToken.VALUE_STRING) {
            payload = json.getBinaryValue();
          } else if (member.equals("suspectedDuplicate")) {
            suspected = content == JsonToken.VALUE_TRUE;
          } else {
            json.skipChildren();
          }
        }
      } else {
        json.skipChildren();
      }
    }
    sink.event(offset, suspected, payload);
  }
}
