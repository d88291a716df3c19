package io.m2mgate.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What commands that print a list of the gateway, page by page, have in common. One run, one thread. */
abstract class ListCommand extends GatewayCommand {
  @Option(names = "--limit", paramLabel = "N", description = "At most so many; all unless told.")
  private Optional<Long> limit = Optional.empty();

  private final Listing listing;

  ListCommand(Listing listing) {
    this.listing = listing;
  }

  abstract String path();

  /** Enters what the options narrow the list by. */
  abstract void narrow(Map<String, String> query);

  @Override
  int run(GatewayCall call, PrintWriter out) throws IOException {
    Map<String, String> query = new LinkedHashMap<>();
    narrow(query);
    long most = limit.orElse(Long.MAX_VALUE);
    listing.print(call, path(), query, most, out, output.json());
    return Main.DONE;
  }
}
