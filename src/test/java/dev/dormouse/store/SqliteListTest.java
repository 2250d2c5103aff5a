package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SQLite lists as every database must, and out of an index in the order asked for. */
final class SqliteListTest extends ListContract {
    private static final UUID ID = new UUID(1, 2);

    @TempDir Path folder;

    @Override
    Store open() {
        return Store.open(settings());
    }

    @Test
    void noListOfNamespacesIsSortedOrScansTheTable() {
        for (Optional<UUID> organization : maybe(ID)) {
            for (Optional<String> name : maybe("n")) {
                for (Set<UUID> projects : projects()) {
                    NamespaceFilter filter =
                            new NamespaceFilter(
                                    "fr-par", organization, Optional.empty(), name, projects);
                    assertInOrder(NamespaceTable.listing(filter, projects), NamespaceTable.SELECT);
                }
            }
        }
    }

    @Test
    void noListOfContainersIsSortedOrScansTheTable() {
        for (Optional<UUID> organization : maybe(ID)) {
            for (Optional<UUID> namespace : maybe(ID)) {
                for (Optional<String> name : maybe("n")) {
                    for (Set<UUID> projects : projects()) {
                        ContainerFilter filter =
                                new ContainerFilter(
                                        "fr-par",
                                        organization,
                                        Optional.empty(),
                                        namespace,
                                        name,
                                        projects);
                        assertInOrder(
                                ContainerTable.listing(filter, projects), ContainerTable.SELECT);
                    }
                }
            }
        }
    }

    @Test
    void aStartReadsNoRevisionThatIsHistory() {
        Jdbi jdbi = Jdbi.create("jdbc:sqlite:" + settings().database());

        List<String> plan =
                jdbi.withHandle(handle ->
                        handle.createQuery("EXPLAIN QUERY PLAN " + RevisionTable.ALL_IN_FORCE)
                                .map((row, _) -> row.getString("detail"))
                                .list());

        assertThat(plan)
                .contains("SCAN s USING INDEX revision_in_force")
                .noneMatch(step -> step.startsWith("SCAN g") || step.startsWith("SCAN r"));
    }

    private void assertInOrder(Listing listing, String select) {
        Jdbi jdbi = Jdbi.create("jdbc:sqlite:" + settings().database());
        for (Paging.Order order : Paging.Order.values()) {
            String statement = listing.pageStatement(select, new Paging(order, 1, 100));
            List<String> plan =
                    jdbi.withHandle(handle ->
                            listing.bound(handle.createQuery("EXPLAIN QUERY PLAN " + statement))
                                    .bind("limit", 100)
                                    .bind("offset", 0)
                                    .map((row, _) -> row.getString("detail"))
                                    .list());
            assertThat(plan)
                    .as(statement)
                    .isNotEmpty()
                    .anySatisfy(step -> assertThat(step).startsWith("SEARCH"))
                    .allSatisfy(step ->
                            assertThat(step).doesNotContain("SCAN").doesNotContain("TEMP B-TREE"));
        }
    }

    private static <T> List<Optional<T>> maybe(T value) {
        return List.of(Optional.empty(), Optional.of(value));
    }

    private static List<Set<UUID>> projects() {
        return Stream.of(Set.of(ID), Set.of(ID, new UUID(3, 4))).toList();
    }

    private StoreSettings settings() {
        return new StoreSettings(folder, 256, Duration.ofSeconds(20), 4);
    }
}
