package io.m2mgate.cli;

/** The one entry point of the jar. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(2);
  }
}
