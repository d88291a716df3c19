package io.m2mgate.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The terminals that one lane serves, by serial, and each at a place of its own so that they can be gone round. Owned by that lane. */
public final class SessionTable {

  private final Map<String, Resident> residents = new HashMap<>();
  private final List<Resident> places = new ArrayList<>();

  public Optional<Resident> find(String serial) {
    return Optional.ofNullable(residents.get(serial));
  }

  /** A new, empty place for a terminal that is being loaded or handed over. */
  public Resident place(String serial) {
    Resident resident = new Resident(serial);
    Resident before = residents.put(serial, resident);
    if (before == null) {
      resident.place(places.size());
      places.add(resident);
    } else {
      resident.place(before.place());
      places.set(before.place(), resident);
    }
    return resident;
  }

  /** The one in the last place takes its place. */
  public void remove(Resident resident) {
    if (residents.remove(resident.serial(), resident)) {
      Resident last = places.remove(places.size() - 1);
      if (last != resident) {
        last.place(resident.place());
        places.set(resident.place(), last);
      }
    }
  }

  /** @param place from 0 to below {@link #size()} */
  Resident at(int place) {
    return places.get(place);
  }

  public int size() {
    return residents.size();
  }
}
