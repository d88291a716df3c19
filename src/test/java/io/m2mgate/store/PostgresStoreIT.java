package io.m2mgate.store;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contracts on PostgreSQL. */
@Execution(ExecutionMode.CONCURRENT)
class PostgresStoreIT {
  private final String url = PostgresServer.freshUrl();

  @Nested
  class Terminals extends TerminalContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Provisioning extends ProvisionContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Journaling extends JournalContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Presence extends PresenceContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Alarming extends AlarmContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Packaging extends PackageContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Calling extends WebhookContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Campaigning extends UpgradeContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Reporting extends HistoryContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Listing extends QueryContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Consuming extends ConsumerContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Administering extends AdministrationContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Admitting extends AccessContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Resealing extends ResealingContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Securing extends SecurityContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Commanding extends CommandContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Desiring extends ParameterContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class Reconciling extends ReconciliationContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }

  @Nested
  class KeepingCommands extends KeptCommandContract {
    @Override
    StoreOptions options() {
      return StoreOptions.of(url, new SimpleMeterRegistry());
    }
  }
}
