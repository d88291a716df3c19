package io.m2mgate.session;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The terminals that one lane serves, by serial. Owned by that lane. */
public final class SessionTable {

  private final Map<String, Resident> residents = new HashMap<>();

  public Optional<Resident> find(String serial) {
    return Optional.ofNullable(residents.get(serial));
  }

  /** A new, empty place for a terminal that is being loaded or handed over. */
  public Resident place(String serial) {
    Resident resident = new Resident(serial);
    residents.put(serial, resident);
    return resident;
  }

  public void remove(Resident resident) {
    residents.remove(resident.serial(), resident);
  }

  public Collection<Resident> all() {
    return residents.values();
  }

  public int size() {
    return residents.size();
  }
}
