package io.m2mgate.store;

import static io.m2mgate.store.StoreBench.application;
import static io.m2mgate.store.StoreBench.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every store does with packages. */
abstract class PackageContract extends StoreContract {
  private static final Optional<String> NOTHING = Optional.empty();

  private static StoredPackage fresh(String id, String app, String name, String version) {
    return new StoredPackage(
        id, app, name, version, "1.0", "", "", 7, 0xFFFF, 0xFFFFFFFFL, "ab" + id, "", 11, "admin");
  }

  private StoredPackage create(String id, String app, String name, String version) {
    return await(store.packages().create(fresh(id, app, name, version)));
  }

  // Verifies that one is given back as it was put in, to its application alone.
  @Test
  void keepsPackages() {
    application(store, "app");
    application(store, "other");
    StoredPackage mine = create("p1", "app", "meter", "1.0");
    create("p2", "other", "meter", "1.0");
    assertThat(await(store.packages().read("p1", Optional.of("app")))).contains(mine);
    assertThat(await(store.packages().read("p1", NOTHING))).contains(mine);
    assertThat(await(store.packages().read("p1", Optional.of("other")))).isEmpty();
    assertThat(await(store.packages().delete("p1", Optional.of("other")))).isFalse();
  }

  // Verifies that a version's content does not change: a second one of its name is refused.
  @Test
  void refusesASecondVersion() {
    application(store, "app");
    create("p1", "app", "meter", "1.0");
    assertThatThrownBy(() -> create("p2", "app", "meter", "1.0"))
        .isInstanceOf(StoreFault.class)
        .hasMessageContaining("already");
    create("p3", "app", "meter", "1.1");
    create("p4", "app", "modem", "1.0");
  }

  // Verifies pages of the newest first, of one name and of all, without a gap.
  @Test
  void listsPages() {
    application(store, "app");
    for (int i = 0; i < 5; i++) {
      create("p" + i, "app", i == 2 ? "modem" : "meter", "1." + i);
    }
    Page<StoredPackage> first =
        await(store.packages().list(Optional.of("app"), NOTHING, NOTHING, 3));
    Page<StoredPackage> second =
        await(store.packages().list(Optional.of("app"), NOTHING, first.next(), 3));
    assertThat(first.items()).extracting(StoredPackage::id).containsExactly("p4", "p3", "p2");
    assertThat(second.items()).extracting(StoredPackage::id).containsExactly("p1", "p0");
    assertThat(second.next()).isEmpty();
    assertThat(await(store.packages().list(NOTHING, Optional.of("modem"), NOTHING, 3))
            .items())
        .extracting(StoredPackage::id)
        .containsExactly("p2");
  }

  // Verifies that what people say of it can be said anew, and that files are known by what names
  // them.
  @Test
  void describesAndLetsGo() {
    application(store, "app");
    create("p1", "app", "meter", "1.0");
    var described = await(
        store.packages().describe("p1", Optional.of("app"), Optional.of("M7"), Optional.of("n")));
    assertThat(described.orElseThrow().model()).isEqualTo("M7");
    var again = await(store.packages().describe("p1", NOTHING, NOTHING, Optional.of("m")));
    assertThat(List.of(again.orElseThrow().model(), again.orElseThrow().notes()))
        .containsExactly("M7", "m");
    assertThat(await(store.packages().describe("p9", NOTHING, NOTHING, NOTHING)))
        .isEmpty();
    assertThat(await(store.packages().files(Set.of("abp1", "abp9")))).containsExactly("abp1");
    assertThat(await(store.packages().delete("p1", Optional.of("app")))).isTrue();
    assertThat(await(store.packages().files(Set.of("abp1", "abp9")))).isEmpty();
  }
}
