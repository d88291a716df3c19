package io.m2mgate.dictionary;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One resolved view of the protocol: every code point, layout, result and choice a terminal of this kind is spoken to
 * with. Immutable, shared by all threads; lookups by number neither box nor allocate for what is known.
 */
public final class Dialect {
  private final String name;
  private final String description;
  private final List<String> serialPrefixes;
  private final List<HeaderDef> headers;
  private final int ackBit;
  private final List<CommandDef> commands;
  private final CommandDef[] byCommand = new CommandDef[Command.values().length];
  private final Pages<CommandDef> byId = new Pages<>();
  private final List<TlvDef> tlvs;
  private final Pages<TlvDef> byTag = new Pages<>();
  private final Map<String, TlvDef> byName = new HashMap<>();
  private final Tags tags;
  private final Map<String, CodeTable> codes;
  private final Map<String, ControlDef> controls = new HashMap<>();
  private final DigestRules digestRules;
  private final Crc16Def crc16;
  private final SecretRules secrets;
  private final String cipher;
  private final String mac;
  private final AlarmRules alarms;
  private final ShortMessageDef shortMessages;

  Dialect(
      String name,
      String description,
      List<String> serialPrefixes,
      List<HeaderDef> headers,
      List<CommandDef> commands,
      List<TlvDef> tlvs,
      Map<String, String> roles,
      Map<String, CodeTable> codes,
      List<ControlDef> controls,
      DigestRules digestRules,
      Crc16Def crc16,
      SecretRules secrets,
      String cipher,
      String mac,
      AlarmRules.Names alarms,
      ShortMessageDef shortMessages) {
    this.name = name;
    this.description = description;
    this.serialPrefixes = List.copyOf(serialPrefixes);
    this.headers = List.copyOf(headers);
    this.ackBit = headers.get(0).ackBit();
    this.commands = List.copyOf(commands);
    this.tlvs = List.copyOf(tlvs);
    this.codes = Map.copyOf(codes);
    controls.forEach(control -> this.controls.put(control.name(), control));
    this.digestRules = digestRules;
    this.crc16 = crc16;
    this.secrets = secrets;
    this.shortMessages = shortMessages;
    index();
    this.tags = Tags.resolve(roles, this::tagOf);
    this.cipher = listed("cipher", cipher);
    this.mac = listed("mac", mac);
    this.alarms = alarms.resolve(tlv(tags.alarmCode()).values());
    requireCodes();
    requireControls();
    requireFit("password", secrets.password(), tags.uplinkPassword());
    requireFit("password", secrets.password(), tags.downlinkPassword());
    requireFit("baseKey", secrets.baseKey(), tags.baseKey());
    requireFit("sessionKey", secrets.sessionKey(), tags.sessionKey());
  }

  private void index() {
    for (CommandDef c : commands) {
      byCommand[c.command().ordinal()] = c;
      if (!byId.put(c.id(), c)) {
        throw new DictionaryFault("commands." + c.name() + ": its number is also that of "
            + byId.get(c.id()).name());
      }
    }
    for (TlvDef t : tlvs) {
      byName.put(t.name(), t);
      if (!byTag.put(t.tag(), t)) {
        throw new DictionaryFault("tlvs." + t.name() + ": the tag " + t.hexTag()
            + " is also that of " + byTag.get(t.tag()).name());
      }
    }
  }

  private int tagOf(String nameOrHex) {
    var def = byName.get(nameOrHex);
    if (def != null) {
      return def.tag();
    }
    return nameOrHex.matches("[0-9A-Fa-f]{4}") ? Integer.parseInt(nameOrHex, 16) : -1;
  }

  private String listed(String table, String value) {
    if (!codes.containsKey(table) || codes.get(table).find(value).isEmpty()) {
      throw new DictionaryFault(
          "security." + table + ": " + value + " is not among codes." + table);
    }
    return value;
  }

  private void requireCodes() {
    for (String table : List.of(
        "logoutReason",
        "fileStatus",
        "registerOperation",
        "securityOperation",
        "segmentOperation",
        "executionStatus",
        "clearedSecurity")) {
      if (!codes.containsKey(table)) {
        throw new DictionaryFault("codes." + table + ": missing");
      }
    }
  }

  private void requireControls() {
    for (String name : controls.keySet()) {
      if (remoteControls().find(name).isEmpty()) {
        throw new DictionaryFault("controls." + name + ": no remote control has this name");
      }
    }
  }

  private void requireFit(String secret, SecretDef def, int tag) {
    if (!tlv(tag).fits(def.length())) {
      throw new DictionaryFault("secrets." + secret + ".length: " + def.length()
          + " bytes do not fit the TLV " + tlv(tag).name());
    }
  }

  public String name() {
    return name;
  }

  public String description() {
    return description;
  }

  /** Terminals whose serial starts with one of these speak this dialect unless their record says otherwise. */
  public List<String> serialPrefixes() {
    return serialPrefixes;
  }

  /** The header layouts; the first is the one the platform writes by default. */
  public List<HeaderDef> headers() {
    return headers;
  }

  /** The header the platform writes by default. */
  public HeaderDef header() {
    return headers.get(0);
  }

  /** Whether the command number, with or without the ack bit, is known. */
  public boolean knows(int id) {
    return byId.has(id & ~ackBit & 0xFFFF);
  }

  /** The command of a number, with or without the ack bit; ask {@link #knows} first. */
  public CommandDef command(int id) {
    int plain = id & ~ackBit & 0xFFFF;
    if (!byId.has(plain)) {
      throw new IllegalArgumentException("unknown command " + String.format("%04X", id));
    }
    return byId.get(plain);
  }

  public CommandDef command(Command command) {
    return byCommand[command.ordinal()];
  }

  public List<CommandDef> commands() {
    return commands;
  }

  /** Whether the tag is in the dictionary. */
  public boolean knowsTag(int tag) {
    return byTag.has(tag);
  }

  /** The definition of a tag; an unknown one gets a stand-in of type bytes, named {@code tag-ABCD}. */
  public TlvDef tlv(int tag) {
    return byTag.has(tag) ? byTag.get(tag) : TlvDef.unknown(tag & 0xFFFF);
  }

  /** The definition by name, by {@code tag-ABCD} or by four hex digits. */
  public Optional<TlvDef> tlv(String nameOrHex) {
    var def = byName.get(nameOrHex);
    if (def != null) {
      return Optional.of(def);
    }
    var hex = nameOrHex.startsWith("tag-") ? nameOrHex.substring(4) : nameOrHex;
    return hex.matches("[0-9A-Fa-f]{4}")
        ? Optional.of(tlv(Integer.parseInt(hex, 16)))
        : Optional.empty();
  }

  public List<TlvDef> tlvs() {
    return tlvs;
  }

  /** The tags the program itself has business with, by role. */
  public Tags tags() {
    return tags;
  }

  public FlagBits flags() {
    return header().flags();
  }

  /** A named table of codes; one that does not exist is a fault of the data. */
  public CodeTable codes(String table) {
    var out = codes.get(table);
    if (out == null) {
      throw new DictionaryFault("codes." + table + ": missing");
    }
    return out;
  }

  /** The names of all code tables. */
  public List<String> codeTables() {
    return codes.keySet().stream().sorted().toList();
  }

  public CodeTable logoutReasons() {
    return codes("logoutReason");
  }

  public CodeTable fileStatuses() {
    return codes("fileStatus");
  }

  public CodeTable registerOperations() {
    return codes("registerOperation");
  }

  public CodeTable securityOperations() {
    return codes("securityOperation");
  }

  public CodeTable segmentOperations() {
    return codes("segmentOperation");
  }

  public CodeTable executionStatuses() {
    return codes("executionStatus");
  }

  /** The remote controls are the values of the tag that carries them. */
  public CodeTable remoteControls() {
    return tlv(tags.remoteCommand()).values();
  }

  /** What shows that the remote control of this name was carried out. */
  public ControlDef control(String name) {
    var known = controls.get(name);
    return known == null ? ControlDef.undescribed(name) : known;
  }

  public DigestRules digestRules() {
    return digestRules;
  }

  public Crc16Def crc16() {
    return crc16;
  }

  /** How secrets that the platform makes look. */
  public SecretRules secrets() {
    return secrets;
  }

  /** The default cipher, a name of the code table {@code cipher}. */
  public String cipher() {
    return cipher;
  }

  /** The default digest, a name of the code table {@code mac}. */
  public String mac() {
    return mac;
  }

  /** Codes of 300D by what they mean to the program. */
  public AlarmRules alarms() {
    return alarms;
  }

  /** How frames travel in short messages. */
  public ShortMessageDef shortMessages() {
    return shortMessages;
  }

  @Override
  public String toString() {
    return name;
  }
}
