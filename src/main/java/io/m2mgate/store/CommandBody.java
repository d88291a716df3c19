package io.m2mgate.store;

/**
 * The members of {@link StoredCommand.Head#body}, by type; who asks writes them, who carries it out reads them. What is in them was
 * checked against the terminal's dialect before it was stored.
 *
 * <ul>
 *   <li>READ {@code {"tags":["0011","0014"]}}: four upper-case hex digits each, distinct, in the order of the request
 *   <li>CONFIGURE {@code {"parameters":{"heartbeat-interval":90}}}: by the dictionary's names, in ascending order of their tags,
 *       values as {@code ValueCodec} decodes them; with {@code "confirm":"reachability"} where somebody said that the terminal may
 *       become unreachable by it
 *   <li>CONTROL {@code {"control":"reboot"}}: a name of the dialect's remote controls
 *   <li>DATA {@code {"payload":"AQID"}}: base64; with {@code "command":"000F"} TLVs of a command that is routed; from another terminal also {@code "crcOk":false} and
 *       {@code "suspectedDuplicate":true} where that is so
 *   <li>SIM {@code {"pin1":{"secret":true},"pin1Active":true,"binding":"locked"}}: members of {@code SimSecret}, and a named value
 *       of TLV sim-bind-mode; what is secret is sealed, {@code {"pin1":"1234"}} in clear
 *   <li>SECURITY {@code {"operation":"readValues","tags":["E00D"]}}, {@code {"operation":"readDigests","secrets":["baseKey"]}},
 *       {@code {"operation":"activate","generation":3}}: the generation of the set that is to be used
 * </ul>
 */
public final class CommandBody {
  public static final String TAGS = "tags";
  public static final String PARAMETERS = "parameters";
  public static final String CONFIRM = "confirm";
  public static final String CONTROL = "control";
  public static final String PAYLOAD = "payload";
  public static final String COMMAND = "command";
  public static final String CRC_OK = "crcOk";
  public static final String SUSPECTED_DUPLICATE = "suspectedDuplicate";
  public static final String BINDING = "binding";
  public static final String OPERATION = "operation";
  public static final String SECRETS = "secrets";
  public static final String GENERATION = "generation";

  /** Values of {@link #OPERATION}; the names of SECURITY_CONFIG's operations in the dictionary. */
  public static final String READ_VALUES = "readValues";

  public static final String READ_DIGESTS = "readDigests";
  public static final String ACTIVATE = "activate";

  /** The one value of {@link #CONFIRM}. */
  public static final String REACHABILITY = "reachability";

  private CommandBody() {}
}
