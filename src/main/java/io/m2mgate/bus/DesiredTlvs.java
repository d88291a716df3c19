package io.m2mgate.bus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.m2mgate.dictionary.Dialect;
import io.m2mgate.dictionary.TlvDef;
import io.m2mgate.store.DesiredSet;
import io.m2mgate.store.DesiredSet.Desired;
import io.m2mgate.wire.BodyWriter;
import io.m2mgate.wire.InvalidValue;
import io.m2mgate.wire.ValueCodec;
import java.util.Map;
import java.util.TreeMap;

/** Desired parameters as a terminal would have them on the wire. Stateless. */
public final class DesiredTlvs {

  private static final ObjectMapper JSON = new ObjectMapper();

  private DesiredTlvs() {}

  /** Encoded TLVs by tag; what the dialect has no form for, after a change of profile, is left out. */
  public static Map<Integer, byte[]> of(Dialect dialect, DesiredSet desired) {
    Map<Integer, byte[]> tlvs = new TreeMap<>();
    for (Desired value : desired.values()) {
      TlvDef def = dialect.tlv(value.tag());
      try {
        byte[] bytes = ValueCodec.encode(def, JSON.readValue(value.valueJson(), Object.class));
        tlvs.put(value.tag(), new BodyWriter().tlv(value.tag(), bytes).toBytes());
      } catch (InvalidValue e) {
        tlvs.remove(value.tag());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a stored value is no JSON", e);
      }
    }
    return tlvs;
  }
}
