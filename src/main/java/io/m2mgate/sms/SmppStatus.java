package io.m2mgate.sms;

import io.m2mgate.api.ShortMessageFault.Kind;
import java.io.EOFException;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.extra.NegativeResponseException;

/** What the centre's {@code command_status} means to us (SMPP 3.4, 5.1.3). Stateless. */
final class SmppStatus {

  /** No room, or not now: the message was not taken, and may be later. */
  private static final Set<Integer> LATER = Set.of(
      SMPPConstant.STAT_ESME_RTHROTTLED,
      SMPPConstant.STAT_ESME_RMSGQFUL,
      SMPPConstant.STAT_ESME_RSYSERR,
      SMPPConstant.STAT_ESME_RINVBNDSTS,
      SMPPConstant.STAT_ESME_RX_T_APPN,
      SMPPConstant.STAT_ESME_RSERTYPUNAVAIL);

  private static final Map<Integer, String> WORDS = Map.of(
      SMPPConstant.STAT_ESME_RTHROTTLED, "too many messages",
      SMPPConstant.STAT_ESME_RMSGQFUL, "its queue is full",
      SMPPConstant.STAT_ESME_RSYSERR, "its system fails",
      SMPPConstant.STAT_ESME_RALYBND, "bound already",
      SMPPConstant.STAT_ESME_RBINDFAIL, "bind failed",
      SMPPConstant.STAT_ESME_RINVPASWD, "wrong password",
      SMPPConstant.STAT_ESME_RINVSYSID, "unknown system id",
      SMPPConstant.STAT_ESME_RINVDSTADR, "no such destination",
      SMPPConstant.STAT_ESME_RINVSRCADR, "not our source address",
      SMPPConstant.STAT_ESME_RSUBMITFAIL, "submit failed");

  private SmppStatus() {}

  static Kind kind(int status) {
    return LATER.contains(status) ? Kind.LATER : Kind.REFUSED;
  }

  static String text(int status) {
    String words = WORDS.getOrDefault(status, "");
    return String.format(
        "the centre answers 0x%08X%s", status, words.isEmpty() ? "" : ", " + words);
  }

  /** Why no session came about, in words. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && !(root instanceof NegativeResponseException)) {
      root = root.getCause();
    }
    if (root instanceof NegativeResponseException refused) {
      return text(refused.getCommandStatus());
    }
    if (root instanceof EOFException) {
      return "the centre closed the connection";
    }
    String message =
        root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return failure instanceof SSLException ? "its TLS is not accepted: " + message : message;
  }

  /** Whether the centre knows us and wants nothing of us: trying often makes it worse. */
  static boolean isRefusal(Throwable failure) {
    Throwable each = failure;
    while (each != null && !(each instanceof NegativeResponseException)) {
      each = each.getCause();
    }
    return each instanceof NegativeResponseException refused
        && refused.getCommandStatus() != SMPPConstant.STAT_ESME_RALYBND
        && kind(refused.getCommandStatus()) == Kind.REFUSED;
  }
}
