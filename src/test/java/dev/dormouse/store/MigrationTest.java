package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {
    @TempDir private Path folder;

    @Test
    void revisionsOfAnOlderVersionAreToldApartByWhetherTheyServed() {
        String url = "jdbc:sqlite:" + folder.resolve("old.db");
        migrate(url, "3");
        try (Handle handle = Jdbi.create(url).open()) {
            addNamespaceAndContainer(handle);
            addRevision(handle, 1, "retired", "");
            addRevision(handle, 2, "retired", "a newer write took its place");
            addRevision(handle, 3, "failed", "it exited");
            addRevision(handle, 4, "live", "");
        }

        migrate(url, "4");

        try (Handle handle = Jdbi.create(url).open()) {
            assertThat(
                            handle.createQuery(
                                            """
                                            SELECT number, state, repository_digest FROM revision
                                            ORDER BY number
                                            """)
                                    .map((row, _) ->
                                            tuple(
                                                    row.getInt(1),
                                                    row.getString(2),
                                                    row.getString(3)))
                                    .list())
                    .containsExactly(
                            tuple(1, "retired", "sha256:1"),
                            tuple(2, "superseded", "sha256:2"),
                            tuple(3, "failed", "sha256:3"),
                            tuple(4, "live", "sha256:4"));
        }
    }

    @Test
    void theNewestIsThatOfTheLastFile() {
        assertThat(
                        Flyway.configure()
                                .dataSource("jdbc:sqlite:" + folder.resolve("new.db"), "", "")
                                .locations("classpath:db/migration")
                                .load()
                                .migrate()
                                .targetSchemaVersion)
                .isEqualTo(Migrations.NEWEST);
    }

    private static void migrate(String url, String target) {
        Flyway.configure()
                .dataSource(url, "", "")
                .locations("classpath:db/migration")
                .target(target)
                .load()
                .migrate();
    }

    private static void addNamespaceAndContainer(Handle handle) {
        handle.execute(
                """
                INSERT INTO namespace VALUES ('n', 'fr-par', 'o', 'p', 'spaces', '', 'ready', '{}',
                    '', '[]', 0, 0)
                """);
        handle.execute(
                """
                INSERT INTO container VALUES ('c', 'fr-par', 'o', 'p', 'n', 'hello', '', '[]', '{}',
                    '', '{}', 4, 'ready', '', 0, 0)
                """);
    }

    private static void addRevision(Handle handle, int number, String state, String message) {
        handle.execute(
                """
                INSERT INTO revision (container_id, number, generation, image_digest, workload,
                    secret_environment, environment, because, state, message, created_at)
                VALUES ('c', ?, ?, ?, '{}', '', '', '', ?, ?, 0)
                """,
                number,
                number,
                "sha256:" + number,
                state,
                message);
    }
}
