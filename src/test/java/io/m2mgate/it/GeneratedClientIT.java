package io.m2mgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.m2mgate.peer.GatewayProcess;
import io.m2mgate.peer.Identity;
import io.m2mgate.peer.PeerCommands;
import io.m2mgate.peer.PeerFrame;
import io.m2mgate.peer.PeerTerminal;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that a standard generator makes of the description, having found it valid, and a program written against it. */
class GeneratedClientIT {
  private static final String APP = "GEN1";
  private static final int SUSPEND = 0;
  private static final Path GENERATOR = Path.of("target", "tools", "openapi-generator-cli.jar");
  private static final Path PROGRAM = Path.of("src", "test", "client", "Journey.java");

  @TempDir
  private static Path directory;

  private static GatewayProcess gateway;
  private static URLClassLoader classes;
  private static BiFunction<String, List<String>, String> journey;

  @BeforeAll
  static void start() throws Exception {
    gateway = GatewayProcess.start();
    Path document = Files.write(
        directory.resolve("openapi.yaml"),
        gateway.api().get("/openapi.yaml").body().getBytes(StandardCharsets.UTF_8));
    Path client = directory.resolve("client");
    generate(
        "generate",
        "-i",
        document.toString(),
        "-g",
        "java",
        "--library",
        "native",
        "-o",
        client.toString(),
        "--global-property=apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
        "--additional-properties=containerDefaultToNull=true,openApiNullable=false,useJakartaEe=true,invokerPackage=client,"
            + "apiPackage=client.api,modelPackage=client.model");
    compile(client.resolve(Path.of("src", "main", "java")), directory.resolve("classes"));
    classes = new URLClassLoader(
        new URL[] {directory.resolve("classes").toUri().toURL()},
        GeneratedClientIT.class.getClassLoader());
    @SuppressWarnings("unchecked")
    var made = (BiFunction<String, List<String>, String>)
        classes.loadClass("Journey").getConstructor().newInstance();
    journey = made;
  }

  @AfterAll
  static void stop() throws IOException {
    classes.close();
    gateway.closeClean();
  }

  private static void generate(String... words) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = Stream.concat(
            Stream.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-jar",
                GENERATOR.toAbsolutePath().toString()),
            Stream.of(words))
        .toList();
    Path said = directory.resolve("said.txt");
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    assertThat(process.waitFor(180, TimeUnit.SECONDS)).as("the generator ends").isTrue();
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
  }

  private static void compile(Path client, Path to) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    try (Stream<Path> sources = Files.walk(client);
        var files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> all = Stream.concat(
              sources.filter(file -> file.toString().endsWith(".java")), Stream.of(PROGRAM))
          .toList();
      var options = List.of(
          "-proc:none",
          "-nowarn",
          "-cp",
          System.getProperty("java.class.path"),
          "-d",
          Files.createDirectories(to).toString());
      boolean good = compiler
          .getTask(said, files, null, options, null, files.getJavaFileObjectsFromPaths(all))
          .call();
      assertThat(good).as(said.toString()).isTrue();
    }
  }

  private static String step(String name, String... words) {
    return journey.apply(name, List.of(words));
  }

  // Verifies that the client provisions an application and a terminal, reads, commands and follows
  // what the terminal says.
  @Test
  void provisionsReadsCommandsAndFollows() throws Exception {
    // GIVEN the generated client with the administrator's key
    String base = gateway.api().base().toString();
    step("open", base, gateway.adminKey());
    // WHEN it creates an application and a terminal
    String key = step("application", APP);
    assertThat(key).startsWith("m2m_");
    Identity who = Identity.fresh();
    String created =
        step("terminal", APP, who.serial(), who.imei(), who.imsi(), who.uplink(), who.downlink());
    assertThat(created).matches("\\d{4}-.*Z");
    // THEN with the application's key it sees the terminal, before and after it has logged in
    step("open", base, key);
    assertThat(step("state", who.serial())).isEqualTo("never");
    try (PeerTerminal terminal = gateway.terminal(who).login()) {
      assertThat(step("state", who.serial())).isEqualTo("online");
      // AND commands it
      var ended = CompletableFuture.supplyAsync(() -> step("suspend", who.serial()));
      PeerFrame asked =
          PeerCommands.expect(terminal, PeerCommands.REMOTE_CTRL, PeerCommands.control(SUSPEND));
      PeerCommands.ack(terminal, asked, 0);
      assertThat(ended.get(60, TimeUnit.SECONDS)).startsWith("succeeded").contains("code=0");
      // AND follows what it says, from what is there on to what comes
      var awaited = CompletableFuture.supplyAsync(() -> step("events", "m2m.data.up"));
      byte[] payload = "hello".getBytes(StandardCharsets.UTF_8);
      assertThat(terminal.data(APP, payload)).isZero();
      assertThat(awaited.get(60, TimeUnit.SECONDS))
          .isEqualTo("m2m.data.up " + who.serial() + " "
              + Base64.getEncoder().encodeToString(payload) + "\n");
    }
    // AND is told of what is refused
    assertThat(step("state", "Z999999999999999")).startsWith("404 ").contains("terminal-unknown");
  }
}
