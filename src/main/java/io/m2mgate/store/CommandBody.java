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
 *   <li>UPGRADE {@code {"upgrade":"01J…","package":"01J…","version":"2.1","versionDescription":"2.1","transaction":17,"size":1048576,
 *       "sha256":"…","url":"WMMP://…"}}: the transaction id is the terminal's own and distinct for days; {@code url} is what DOWNLOAD_INFO
 *       says; {@code sha256} is empty where the file lies elsewhere; {@code "versionBefore":"2.0"} is what the terminal last said, or
 *       empty. Its result has {@code "phase"}, one of {@link UpgradePhase}, and the figures of the download
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
  public static final String UPGRADE = "upgrade";
  public static final String PACKAGE = "package";
  public static final String VERSION = "version";
  public static final String VERSION_DESCRIPTION = "versionDescription";
  public static final String VERSION_BEFORE = "versionBefore";
  public static final String TRANSACTION = "transaction";
  public static final String SIZE = "size";
  public static final String SHA256 = "sha256";
  public static final String URL = "url";

  /** Members of an UPGRADE's result. */
  public static final String PHASE = "phase";

  /** How far the file is asked for without a hole, in bytes. */
  public static final String OFFSET = "offset";

  /** Blocks and bytes that were answered, repeated ones too. */
  public static final String BLOCKS = "blocks";

  public static final String BYTES = "bytes";

  /** Of the last ten seconds or so, in bytes a second. */
  public static final String RATE = "rate";

  /** Why it last went wrong, in words. */
  public static final String CAUSE = "cause";

  /** The version that ended it, or that was seen in the place of the expected one. */
  public static final String SEEN = "seenVersion";

  /** When the terminal had the whole file, as far as can be seen; null before. */
  public static final String DOWNLOADED_AT = "downloadedAt";

  /** When it raised the alarm of an error, until it asks for a block again; null for none. */
  public static final String ERROR_AT = "errorAt";

  /** Of any result: how often the terminal was woken for it, and when last. */
  public static final String WOKEN = "woken";

  /** Values of {@link #OPERATION}; the names of SECURITY_CONFIG's operations in the dictionary. */
  public static final String READ_VALUES = "readValues";

  public static final String READ_DIGESTS = "readDigests";
  public static final String ACTIVATE = "activate";

  /** The one value of {@link #CONFIRM}. */
  public static final String REACHABILITY = "reachability";

  private CommandBody() {}
}
