package io.m2mgate.api;

/**
 * One entry of an application's durable event log, as every tap delivers it (CloudEvents 1.0, structured JSON; clause 6.1.1).
 *
 * @param id unique id (ULID)
 * @param type event type, for example {@code m2m.data.up}
 * @param serial serial of the terminal that the event is about
 * @param timeMillis when the platform received or made it, milliseconds since 1970
 * @param app code of the application whose log holds it
 * @param offset position in the application's log, from 1, without holes, in commit order
 * @param tseq counter per terminal and log, from 1, without holes
 * @param dataJson the event's {@code data} member as JSON text
 */
public record Event(
    String id,
    String type,
    String serial,
    long timeMillis,
    String app,
    long offset,
    long tseq,
    String dataJson) {

  /** Characters of an envelope beside its data, about. */
  private static final int ENVELOPE = 320;

  /**
   * The envelope as JSON text. Every inserted text but the data is of a set that needs no escaping (serials, codes and
   * types are validated before they are stored).
   *
   * @param node name of the node, the last part of {@code source}
   */
  public String toJson(String node) {
    StringBuilder text = new StringBuilder(sizeHint());
    appendTo(text, node);
    return text.toString();
  }

  /** About how many characters the envelope has. */
  public int sizeHint() {
    return ENVELOPE + dataJson.length();
  }

  /** The same behind what a text holds already: a page of events is one text. */
  public void appendTo(StringBuilder text, String node) {
    text.append("{\"specversion\":\"1.0\",\"id\":\"")
        .append(id)
        .append("\",\"source\":\"/m2mgate/")
        .append(node)
        .append("\",\"type\":\"")
        .append(type)
        .append("\",\"subject\":\"")
        .append(serial)
        .append("\",\"time\":\"");
    UtcText.append(text, timeMillis);
    text.append("\",\"datacontenttype\":\"application/json\",\"appcode\":\"")
        .append(app)
        .append("\",\"offset\":")
        .append(offset)
        .append(",\"tseq\":")
        .append(tseq)
        .append(",\"data\":")
        .append(dataJson)
        .append('}');
  }
}
