package io.m2mgate.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contracts on SQLite. */
class SqliteStoreIT {
  @TempDir
  Path directory;

  @Nested
  class Terminals extends TerminalContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Provisioning extends ProvisionContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Journaling extends JournalContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Presence extends PresenceContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Alarming extends AlarmContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Packaging extends PackageContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Calling extends WebhookContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Campaigning extends UpgradeContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Reporting extends HistoryContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Listing extends QueryContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Consuming extends ConsumerContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Administering extends AdministrationContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Admitting extends AccessContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Resealing extends ResealingContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Securing extends SecurityContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Commanding extends CommandContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Desiring extends ParameterContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class Reconciling extends ReconciliationContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }

  @Nested
  class KeepingCommands extends KeptCommandContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of("sqlite:" + directory.resolve("store.db"), new SimpleMeterRegistry());
    }
  }
}
