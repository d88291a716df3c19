package io.m2mgate.upgrade;

import io.m2mgate.session.TerminalRecord;
import io.m2mgate.store.StoredPackage;
import java.util.Optional;

/** Where terminals are told to fetch packages. May be used from any thread. */
public interface OfferUrls {

  /** Host and port that terminals reach; empty while nobody has said which they are. */
  Optional<String> address();

  /** What one terminal is told. */
  String url(StoredPackage of, TerminalRecord terminal, int transaction);
}
