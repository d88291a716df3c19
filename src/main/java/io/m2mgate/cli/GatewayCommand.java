package io.m2mgate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What commands that ask something of a running gateway and print the answer have in common. One run, one thread. */
abstract class GatewayCommand implements Callable<Integer> {
  static final String EXIT_CODES =
      "Exit codes: 0 done, 1 refused by the gateway, 2 bad options, 3 no gateway was reached.";

  @Mixin
  protected GatewayAddress gateway = new GatewayAddress();

  @Mixin
  protected Output output = new Output();

  @Spec
  protected CommandSpec spec;

  /** Asks and prints; gives the exit code. */
  abstract int run(GatewayCall call, PrintWriter out) throws IOException;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      return run(new GatewayCall(gateway), out);
    } finally {
      out.flush();
    }
  }

  /** One thing with its members: a line each, or all as JSON. */
  int show(PrintWriter out, JsonNode thing) {
    if (output.json()) {
      out.println(thing);
    } else {
      print(out, "", thing);
    }
    return Main.DONE;
  }

  /** What became of it: a word, or the answer as JSON. */
  int tell(PrintWriter out, String word, JsonNode answer) {
    out.println(output.json() ? answer : word);
    return Main.DONE;
  }

  private static void print(PrintWriter out, String prefix, JsonNode thing) {
    Iterator<Map.Entry<String, JsonNode>> members = thing.fields();
    while (members.hasNext()) {
      Map.Entry<String, JsonNode> member = members.next();
      String name = prefix + member.getKey();
      if (member.getValue().isObject()) {
        print(out, name + ".", member.getValue());
      } else {
        out.printf("%-24s  %s%n", name, Listing.text(member.getValue()));
      }
    }
  }
}
