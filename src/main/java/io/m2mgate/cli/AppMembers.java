package io.m2mgate.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that say what is to be in an application's record; filled by the thread that parses. */
final class AppMembers {
  @Option(names = "--name", paramLabel = "TEXT", description = "For people.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--scopes",
      paramLabel = "SCOPE,…",
      split = ",",
      description = "What its keys may do; all but admin unless told.")
  private List<String> scopes = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME=TEXT|NAME:=JSON",
      converter = Members.TextForm.class,
      description = {
        "Another member, as in --set relay:='{\"from\":[\"EC01\"]}'; null is its default."
      })
  private List<Members.Member> more = List.of();

  ObjectNode addTo(ObjectNode request) {
    name.ifPresent(text -> request.put("name", text));
    scopes.forEach(scope -> request.withArray("scopes").add(scope));
    more.forEach(member -> member.addTo(request));
    return request;
  }
}
