package io.m2mgate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say what is to be in a terminal's record; filled by the thread that parses. */
final class TerminalMembers {
  @Option(names = "--imei", paramLabel = "DIGITS", description = "15 digits.")
  private Optional<String> imei = Optional.empty();

  @Option(names = "--imsi", paramLabel = "DIGITS", description = "15 digits.")
  private Optional<String> imsi = Optional.empty();

  @Option(names = "--msisdn", paramLabel = "NUMBER", description = "Its telephone number.")
  private Optional<String> msisdn = Optional.empty();

  @Option(names = "--app", paramLabel = "CODE", description = "The application it is bound to.")
  private Optional<String> app = Optional.empty();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Its profile; wmmp-3 unless told.")
  private Optional<String> profile = Optional.empty();

  @Option(
      names = "--uplink-password",
      paramLabel = "TEXT",
      description = {
        "Signs what it sends. This and the other secrets may be given as @FILE, or as @- for a line",
        "of standard input each, in the order of this help."
      })
  private Optional<String> uplink = Optional.empty();

  @Option(
      names = "--downlink-password",
      paramLabel = "TEXT",
      description = "Signs what the platform sends.")
  private Optional<String> downlink = Optional.empty();

  @Option(names = "--base-key", paramLabel = "HEX", description = "Encrypts session keys.")
  private Optional<String> baseKey = Optional.empty();

  @Option(
      names = "--enabled",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether it may log in.")
  private Optional<Boolean> enabled = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "NAME=TEXT|NAME:=JSON",
      converter = Members.TextForm.class,
      description = "Another member; null takes away, as in --set imsi:=null.")
  private List<Members.Member> more = List.of();

  /** @throws IOException when a file with a secret cannot be read */
  ObjectNode addTo(ObjectNode request) throws IOException {
    imei.ifPresent(text -> request.put("imei", text));
    imsi.ifPresent(text -> request.put("imsi", text));
    msisdn.ifPresent(text -> request.put("msisdn", text));
    app.ifPresent(text -> request.put("app", text));
    profile.ifPresent(text -> request.put("profile", text));
    enabled.ifPresent(flag -> request.put("enabled", flag));
    var secrets = new SecretText();
    secrets.read(uplink).ifPresent(text -> request.put("uplinkPassword", text));
    secrets.read(downlink).ifPresent(text -> request.put("downlinkPassword", text));
    secrets.read(baseKey).ifPresent(text -> request.put("baseKey", text));
    more.forEach(member -> member.addTo(request));
    return request;
  }
}
