package io.m2mgate.peer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The default profile as application.md prints it, and what tests make of it. Stateless. */
public final class Profiles {
  private static final String WMMP_3 = """
      {"dialect":"wmmp-3","digest":"required","onWrongDigest":"silent","trapHeaderOnly":false,"ack":"durable",
       "crcError":"warn","loginTrap":"expected","encryption":"whenNegotiated","cipher":"3des","mac":"md5","expiry":"warn",
       "heartbeatSeconds":90,"silenceSeconds":270,"terminalTimeoutSeconds":90,
       "exchange":{"timeoutSeconds":15,"udpTimeoutSeconds":30,"smsTimeoutSeconds":90,"sends":3,"smsSends":2,"gapMillis":300},
       "maxPartBytes":900,"maxFrameBytes":3000,"maxBodyBytes":10240,"segments":true,"bearers":["tcp","udp","sms"],
       "prefer":"tcp","wake":"none"}
      """;

  private Profiles() {}

  static ObjectNode wmmp3() {
    try {
      return (ObjectNode) Api.JSON.readTree(WMMP_3);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Repeats each second, three times in all. */
  public static void quick(ObjectNode profile) {
    profile
        .putObject("exchange")
        .put("timeoutSeconds", 1)
        .put("udpTimeoutSeconds", 1)
        .put("sends", 3)
        .put("gapMillis", 300);
  }
}
