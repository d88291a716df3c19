package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.m2mgate.peer.Api;
import io.m2mgate.peer.Await;
import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerLife;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A terminal with nothing but a placeholder serial registers, receives its security parameters, logs in, exchanges encrypted data,
 * rotates its secrets, clears them locally and comes back. After each step the application sees what it should, also where the
 * gateway was killed in between (behaviour 5.3.1, 5.3.2, 5.3.10, 5.4.4).
 */
class TerminalLifeIT {
  private static final String APP = "EC01";
  private static final int CREDENTIALS_CHANGED = 9;
  private static final int DIGEST_REFUSED = 4;
  private static final String REGISTERED = "m2m.terminal.registered";
  private static final String LOGIN = "m2m.terminal.login";
  private static final String LOGOUT = "m2m.terminal.logout";

  /** After these steps the terminal has something that the platform may not have forgotten. */
  private static final List<String> DELICATE =
      List.of("registers", "takes new secrets", "logs in with them", "clears its secrets");

  private static GatewayProcess gateway;
  private static Api admin;
  private static Api app;

  /**
   * @param answered the platform answers when it is durable: it may be killed at once
   * @param seen what an application must see afterwards, before and after a restart
   */
  private record Step(String name, boolean answered, Runnable act, Runnable seen) {}

  @BeforeAll
  static void start() {
    gateway = GatewayProcess.start(
        "registration.mode=open",
        "registration.defaultApp=" + APP,
        "registration.repeatSeconds=1",
        "registration.perSourcePerMinute=100000");
    admin = gateway.api();
    app = admin.createApplication(APP);
  }

  @AfterAll
  static void stop() {
    gateway.closeClean();
  }

  // Verifies the whole life where nothing goes wrong.
  @Test
  void livesItsLife() {
    live(Set.of());
  }

  // Verifies the same with the gateway killed where that would hurt most.
  @ParameterizedTest(name = "killed after the terminal {0}")
  @MethodSource("delicate")
  void livesThroughAKill(String step) {
    live(Set.of(names().indexOf(step)));
  }

  // Verifies the same for a kill between any two steps.
  @ParameterizedTest(name = "killed after the terminal {0}")
  @MethodSource("gaps")
  @Tag("long")
  void livesThroughAKillAnywhere(String step) {
    live(Set.of(names().indexOf(step)));
  }

  // Verifies that one life survives kills between all of its steps.
  @Test
  @Tag("long")
  void livesThroughKillsEverywhere() {
    live(IntStream.range(0, names().size() - 1).boxed().collect(Collectors.toSet()));
  }

  static Stream<String> delicate() {
    return DELICATE.stream();
  }

  static Stream<String> gaps() {
    return names().stream().limit(names().size() - 1L);
  }

  private static List<String> names() {
    return new Life(new PeerLife(gateway.terminals()))
        .steps().stream().map(Step::name).toList();
  }

  private static void live(Set<Integer> killedAfter) {
    try (PeerLife terminal = new PeerLife(gateway.terminals())) {
      List<Step> steps = new Life(terminal).steps();
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        try {
          step.act().run();
          if (killedAfter.contains(i)) {
            if (!step.answered()) {
              step.seen().run();
            }
            terminal.loseLine();
            gateway.kill().restart();
          }
          step.seen().run();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("the terminal " + step.name(), e);
        }
      }
      assertNowhere(terminal.everySecret(), terminal.who());
    }
  }

  private static void assertNowhere(List<String> secrets, Identity who) {
    assertThat(secrets).hasSizeGreaterThanOrEqualTo(9);
    String everything = app.pull(0, 0).toString()
        + admin.get("/v1/admin/audit?limit=1000").body()
        + app.get("/v1/terminals/" + who.serial() + "/rotations").body()
        + app.get("/v1/terminals/" + who.serial()).body()
        + String.join("\n", gateway.process().output());
    assertThat(secrets).noneMatch(everything::contains);
  }

  /** One terminal's steps, and what is seen of them. */
  private static final class Life {
    private final PeerLife terminal;
    private final List<Identity> outdated = new ArrayList<>();
    private String rotation = "";
    private boolean acknowledged;

    private Life(PeerLife terminal) {
      this.terminal = terminal;
    }

    private List<Step> steps() {
      var steps = new ArrayList<Step>();
      steps.add(new Step("registers", true, terminal::register, () -> registered("askSerial")));
      steps.add(taking("takes its parameters", 1));
      steps.add(acknowledging("acknowledges them"));
      steps.addAll(session("logs in", "confirms its session", "sends a reading", 1));
      steps.add(new Step("is wished new secrets", true, this::wish, () -> state("queued", "sent")));
      steps.add(new Step(
          "takes new secrets", true, terminal::takeNewSecrets, () -> state("sent", "sent")));
      steps.add(new Step(
          "acknowledges new secrets",
          false,
          terminal::acknowledgeNewSecrets,
          () -> state("acked", "acked")));
      steps.add(new Step("logs out for them", true, this::logOut, () -> counted(LOGOUT, 1)));
      steps.addAll(session("logs in with them", "confirms their session", "sends under them", 2));
      steps.add(new Step(
          "has no use for the old ones",
          true,
          () -> assertThat(PeerLife.loginResult(gateway.terminals(), outdated.get(0)))
              .isEqualTo(DIGEST_REFUSED),
          () -> counted(LOGIN, 2)));
      steps.add(new Step("clears its secrets", true, terminal::clear, () -> registered("cleared")));
      steps.add(taking("takes other secrets", 2));
      steps.add(acknowledging("acknowledges the others"));
      steps.addAll(session("comes back", "confirms its new session", "sends its last reading", 3));
      return steps;
    }

    private Step taking(String name, int times) {
      return new Step(name, true, terminal::takeParameters, () -> {
        List<JsonNode> ofRegistration = rotations("registration");
        assertThat(ofRegistration).hasSize(times);
        assertThat(ofRegistration).allMatch(it -> it.path("sends").asInt() > 0);
      });
    }

    private Step acknowledging(String name) {
      return new Step(name, false, () -> acknowledged = terminal.acknowledgeParameters(), () -> {
        String expected = acknowledged ? "acked" : "sent";
        Await.until(
            "parameters " + expected,
            Await.PATIENCE,
            () -> rotations("registration").stream()
                .anyMatch(it -> it.path("state").asText().equals(expected)));
      });
    }

    private List<Step> session(String in, String confirmed, String sent, int number) {
      return List.of(
          new Step(in, true, terminal::logIn, () -> counted(LOGIN, number - 1)),
          new Step(confirmed, false, terminal::confirm, () -> {
            counted(LOGIN, number);
            Await.until(
                "settled secrets",
                Await.PATIENCE,
                () -> rotations("").stream()
                        .filter(it -> it.path("state").asText().equals("succeeded"))
                        .count()
                    == number);
          }),
          new Step(
              sent,
              true,
              () -> terminal.send(APP, "reading " + number),
              () -> assertThat(app.readings(number, terminal.who())).hasSize(number)));
    }

    private void wish() {
      var asked = app.call("POST", path(), Api.JSON.createObjectNode());
      assertThat(asked.status()).as(asked.body()).isEqualTo(202);
      rotation = asked.json().path("id").asText();
    }

    private void logOut() {
      outdated.add(terminal.who());
      terminal.logOut(CREDENTIALS_CHANGED);
      assertThat(terminal.who()).isNotEqualTo(outdated.get(0));
    }

    private void registered(String operation) {
      List<JsonNode> events = app.events(1, REGISTERED, terminal.who().serial());
      JsonNode last = events.get(events.size() - 1).path("data");
      assertThat(last.path("operation").asText()).isEqualTo(operation);
      assertThat(last.path("imei").asText()).isEqualTo(terminal.who().imei());
    }

    private void counted(String type, int times) {
      assertThat(app.events(times, type, terminal.who().serial())).as(type).hasSize(times);
    }

    private void state(String... either) {
      Await.until(
          "rotation " + String.join(" or ", either),
          Await.PATIENCE,
          () -> List.of(either)
              .contains(app.get(path() + "/" + rotation).json().path("state").asText()));
    }

    private List<JsonNode> rotations(String origin) {
      var found = new ArrayList<JsonNode>();
      app.get(path()).json().path("items").forEach(it -> {
        if (it.path("origin").asText().contains(origin)) {
          found.add(it);
        }
      });
      return found;
    }

    private String path() {
      return "/v1/terminals/" + terminal.who().serial() + "/rotations";
    }
  }
}
