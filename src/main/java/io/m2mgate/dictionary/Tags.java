package io.m2mgate.dictionary;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * The tags the program itself has business with, by role, so that no handler holds a number. Resolved once for each
 * dialect from its section {@code roles}; immutable.
 */
public record Tags(
    int digest,
    int encryptedBody,
    int segment,
    int userData,
    int destinationTerminal,
    int sourceTerminal,
    int destinationApplication,
    int sourceApplication,
    int transparentCommand,
    int defaultApplication,
    int syncTagList,
    int heartbeatInterval,
    int platformApn,
    int smsServiceNumber,
    int platformUrl,
    int platformIp,
    int platformPorts,
    int terminalSerial,
    int softwareVersion,
    int cellId,
    int signalLevel,
    int bitErrorRate,
    int adcValue,
    int gpioDirectionLevel,
    int maxBodyLength,
    int alarmStatus,
    int alarmType,
    int alarmCode,
    int restoredAlarm,
    int peripheralStatus,
    int remoteCommand,
    int connectMode,
    int businessTransferMode,
    int platformProtocol,
    int platformParamOption,
    int executionResult,
    int localConfigApplied,
    int configCrc32,
    int upgradeUrl,
    int currentFileVersion,
    int imei,
    int imsi,
    int boundImsi,
    int simBindMode,
    int pin1,
    int pin1Digest,
    int pin1Active,
    int pin2,
    int pin2Digest,
    int pin2Active,
    int puk1,
    int puk1Digest,
    int puk1Active,
    int puk2,
    int puk2Digest,
    int puk2Active,
    int clearedSecurity,
    int uplinkPassword,
    int uplinkPasswordDigest,
    int uplinkPasswordExpiry,
    int downlinkPassword,
    int downlinkPasswordDigest,
    int downlinkPasswordExpiry,
    int baseKey,
    int baseKeyDigest,
    int baseKeyExpiry,
    int sessionKey,
    int sessionKeyExpiry,
    int encryptedSessionKey,
    int encryptionSupported,
    int encryptionUsed,
    int filler) {

  /** Resolves every role; a role without a name, a name without a tag and a role nobody knows are faults of the data. */
  static Tags resolve(Map<String, String> roles, ToIntFunction<String> tagOf) {
    var components = Tags.class.getRecordComponents();
    var values = new Object[components.length];
    var types = new Class<?>[components.length];
    var strangers = new TreeSet<>(roles.keySet());
    for (int i = 0; i < components.length; i++) {
      var role = components[i].getName();
      var name = roles.get(role);
      if (name == null) {
        throw new DictionaryFault("roles." + role + ": missing");
      }
      int tag = tagOf.applyAsInt(name);
      if (tag < 0) {
        throw new DictionaryFault("roles." + role + ": no TLV is named " + name);
      }
      strangers.remove(role);
      values[i] = tag;
      types[i] = int.class;
    }
    if (!strangers.isEmpty()) {
      throw new DictionaryFault("roles: unknown " + strangers);
    }
    return create(types, values);
  }

  /** The names of all roles. */
  public static List<String> roles() {
    return Arrays.stream(Tags.class.getRecordComponents())
        .map(RecordComponent::getName)
        .toList();
  }

  private static Tags create(Class<?>[] types, Object[] values) {
    try {
      return Tags.class.getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
