package io.m2mgate.dictionary;

/** The protocol data is broken: our own at the build, or an overlay at the start. The message says where and what. */
public final class DictionaryFault extends RuntimeException {
  public DictionaryFault(String message) {
    super(message);
  }

  public DictionaryFault(String message, Throwable cause) {
    super(message, cause);
  }
}
