package io.m2mgate.cli.simulate;

import io.m2mgate.dictionary.Dictionary;
import io.m2mgate.dictionary.TlvDef;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A kind of command that the application of a fleet asks for. */
public enum AskedKind {
  /** CONFIG_GET of some parameters. */
  READ {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject()
          .put("names", new JsonArray().add("heartbeat-interval").add("m2m-platform-apn"));
    }
  },
  /** CONFIG_GET of all that there is, which needs parts where texts are long. */
  READ_ALL {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject().put("names", All.NAMES.copy());
    }
  },
  /** CONFIG_SET that an execution result follows. */
  CONFIGURE {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject()
          .put(
              "parameters",
              new JsonObject().put(Answers.MARKED_PARAMETER, executions.text(number)));
    }
  },
  /** CONFIG_SET that LOGOUT and LOGIN follow. */
  READDRESS {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject()
          .put("parameters", new JsonObject().put("m2m-platform-apn", "APN" + number))
          .put("confirm", "reachability");
    }
  },
  /** REMOTE_CTRL, one after the other of those that do no harm. */
  CONTROL {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject().put("control", CONTROLS.get(number % CONTROLS.size()));
    }
  },
  /** REMOTE_CTRL that ends the session: every code that does. */
  RESTART {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject().put("control", RESTARTS.get(number % RESTARTS.size()));
    }
  },
  /** TRANSPARENT_DATA. */
  DATA {
    @Override
    JsonObject members(int number, Executions executions) {
      return new JsonObject()
          .put("payload", Base64.getEncoder().encodeToString(executions.payload(number)))
          .put("encoding", "base64");
    }
  };

  private static final List<String> CONTROLS = List.of(
      "suspendApplication",
      "resumeApplication",
      "login",
      "reportStatistics",
      "resetStatistics",
      "reportMonitorData",
      "uploadApplicationData",
      "reportDataSettings",
      "reportSyncParameters");
  private static final List<String> RESTARTS =
      List.of("reboot", "apnToPlatform", "factoryReset", "apnToApplication", "loginEncrypted");
  /** As people write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Stream<AskedKind> stream() {
    return Arrays.stream(values());
  }

  /** The command's type for the application. */
  String type() {
    return switch (this) {
      case READ, READ_ALL -> "read";
      case CONFIGURE, READDRESS -> "configure";
      case CONTROL, RESTART -> "control";
      case DATA -> "data";
    };
  }

  /** Whether carrying it out is counted by its number. */
  boolean counted() {
    return this == CONFIGURE || this == DATA;
  }

  /** What the command says beside its type. */
  abstract JsonObject members(int number, Executions executions);

  /** Read only where somebody wants it. */
  private static final class All {
    private static final JsonArray NAMES = new JsonArray(Dictionary.load().dialect().tlvs().stream()
        .filter(def -> def.readable() && !def.secret())
        .map(TlvDef::name)
        .toList());
  }
}
