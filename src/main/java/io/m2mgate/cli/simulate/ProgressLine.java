package io.m2mgate.cli.simulate;

import java.io.PrintWriter;

/** A line that changes in place on a terminal, or lines below each other elsewhere. One thread. */
public final class ProgressLine implements AutoCloseable {
  private static final String CLEAR = "\r\u001B[K";

  private final PrintWriter out;
  private final boolean inPlace = System.console() != null;
  private boolean shown;

  public ProgressLine(PrintWriter out) {
    this.out = out;
  }

  public void show(String text) {
    if (inPlace) {
      out.print(CLEAR + text);
    } else {
      out.println(text);
    }
    out.flush();
    shown = true;
  }

  @Override
  public void close() {
    if (inPlace && shown) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
