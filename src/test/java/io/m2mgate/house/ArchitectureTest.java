package io.m2mgate.house;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The boundaries between packages, as the architecture decisions state them. */
class ArchitectureTest {
  private static final String BASE = "io.m2mgate.";
  private static final String[] PURE = {
    BASE + "wire..", BASE + "dictionary..", BASE + "session..", BASE + "exchange.."
  };
  private static final String SIMULATOR = BASE + "cli.simulate..";
  /** Has the raw echo that the gateway is compared with. */
  private static final String BENCH = BASE + "cli.bench..";

  private static final JavaClasses OURS = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages("io.m2mgate");

  // Verifies that the core knows no transport, no web, no database and nothing of the packages that
  // do.
  @Test
  void keepsCorePure() {
    check(noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..",
            "java.net.http..",
            "java.nio.channels..",
            "java.sql..",
            "javax.sql..",
            BASE + "net..",
            BASE + "security..",
            BASE + "command..",
            BASE + "bridge..",
            BASE + "store.sql..",
            BASE + "plugin..",
            BASE + "ops..",
            BASE + "cli..",
            BASE + "bus.."));
    check(noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.net\\.\\w*Socket"));
  }

  // Verifies that time and chance are given to the core, so that a test can drive all of it.
  @Test
  void keepsTimeAndChanceOutOfCore() {
    check(noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.(Random|SplittableRandom|concurrent\\.ThreadLocalRandom|random\\..*)"
                + "|java\\.security\\.SecureRandom"));
    check(noCallInCore(System.class, "currentTimeMillis|nanoTime"));
    check(noCallInCore(Instant.class, "now"));
    check(noCallInCore(Clock.class, "system.*"));
    check(noCallInCore(Math.class, "random"));
    check(noCallInCore(UUID.class, "randomUUID"));
    check(noCallInCore(LocalDateTime.class, "now"));
    check(noCallInCore(ZonedDateTime.class, "now"));
  }

  // Verifies that sockets are opened in net alone, and in the simulator, which plays the other
  // side. Addresses and
  // options are no sockets: bridges and store configure the servers and clients of their libraries
  // with them.
  @Test
  void keepsSocketsInNet() {
    DescribedPredicate<JavaClass> sockets = resideInAPackage("io.vertx.core.datagram..")
        .or(nameMatching("io\\.vertx\\.core\\.net\\.Net(Server|Client|Socket)").forSubtype());
    check(onlyIn(sockets, BASE + "net..", SIMULATOR, BENCH));
    check(onlyIn(
        resideInAPackage("io.vertx.core.net.."),
        BASE + "net..",
        SIMULATOR,
        BENCH,
        BASE + "bridge..",
        BASE + "store.sql.."));
  }

  // Verifies that each library stays behind the one package that owns it.
  @Test
  void keepsLibrariesBehindTheirOwners() {
    check(onlyIn("io.vertx.ext.web..", BASE + "bridge.http.."));
    check(onlyIn("io.vertx.mqtt..", BASE + "bridge.mqtt..", BASE + "bridge.mirror.."));
    for (String sql : new String[] {
      "java.sql..",
      "javax.sql..",
      "io.vertx.sqlclient..",
      "io.vertx.pgclient..",
      "org.flywaydb..",
      "org.sqlite..",
      "org.postgresql.."
    }) {
      check(onlyIn(sql, BASE + "store.sql.."));
    }
    check(onlyIn("org.jsmpp..", BASE + "sms..", SIMULATOR));
    check(onlyIn("org.bouncycastle..", BASE + "security.."));
    check(onlyIn("picocli..", BASE + "cli.."));
    check(onlyIn("ch.qos.logback..", BASE + "ops.."));
  }

  // Verifies that a plugin's view needs nothing but the JDK and Vert.x core.
  @Test
  void keepsApiSmall() {
    check(classes()
        .that()
        .resideInAPackage(BASE + "api..")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(BASE + "api..", "java..", "io.vertx.core..")));
  }

  // Verifies that settings know nothing of what they set.
  @Test
  void keepsSettingsAtTheBottom() {
    check(noClasses()
        .that()
        .resideInAPackage(BASE + "config..")
        .should()
        .dependOnClassesThat(resideInAPackage(BASE + "*..")
            .and(DescribedPredicate.not(resideInAPackage(BASE + "config..")))));
  }

  // Verifies that nobody is named after nothing.
  @Test
  void keepsEmptyNamesOut() {
    check(noClasses().should().haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)"));
  }

  private static ArchRule noCallInCore(Class<?> owner, String methods) {
    return noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .callMethodWhere(target(nameMatching(methods)).and(target(owner(name(owner.getName())))));
  }

  private static ArchRule onlyIn(String library, String... packages) {
    return onlyIn(resideInAPackage(library), packages);
  }

  private static ArchRule onlyIn(DescribedPredicate<JavaClass> library, String... packages) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat(library);
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(OURS);
  }
}
