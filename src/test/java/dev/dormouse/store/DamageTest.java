package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dormouse.model.Namespace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that cannot be used is told as such, in words for people. */
final class DamageTest {
    private static final int PAGE_BYTES = 4096;

    @TempDir Path folder;

    private StoreSettings settings;

    @BeforeEach
    void fill() {
        settings = new StoreSettings(folder, 16, Duration.ofSeconds(20), 2);
        Samples samples = new Samples(new Random(2));
        Namespace namespace = samples.namespace();
        try (Store store = Store.open(settings)) {
            store.write(tables -> {
                tables.namespaces().insert(namespace);
                for (int i = 0; i < 50; i++) {
                    tables.containers().insert(samples.container(namespace));
                }
                return true;
            });
        }
    }

    @Test
    void tellsAFileThatIsNoDatabase() throws IOException {
        Files.writeString(settings.database(), "not a database ".repeat(1_000));

        assertBroken(() -> Store.open(settings));
    }

    @Test
    void tellsDamagedPages() throws IOException {
        overwriteFromPage(2);

        assertBroken(() -> {
            try (Store store = Store.open(settings)) {
                store.read(tables -> tables.containers().all());
            }
        });
    }

    @Test
    void refusesADatabaseOfALaterVersion() {
        Jdbi.create("jdbc:sqlite:" + settings.database())
                .useHandle(handle ->
                        handle.execute(
                                """
                                INSERT INTO flyway_schema_history (installed_rank, version,
                                    description, type, script, installed_by, execution_time,
                                    success)
                                VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', '', 1, 1)
                                """));

        assertBroken(() -> Store.open(settings));
    }

    @Test
    void tellsAFolderThatCannotBeMade() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        StoreSettings within =
                new StoreSettings(file.resolve("data"), 16, Duration.ofSeconds(20), 2);

        StoreException thrown =
                catchThrowableOfType(StoreException.class, () -> Store.open(within));

        assertThat(thrown.kind()).isEqualTo(StoreException.Kind.BROKEN);
        assertThat(thrown).hasMessageContaining(within.dataDir().toString());
    }

    private void assertBroken(ThrowingCallable call) {
        StoreException thrown = catchThrowableOfType(StoreException.class, call);
        assertThat(thrown.kind()).isEqualTo(StoreException.Kind.BROKEN);
        assertThat(thrown).hasMessageContaining(settings.database().toString());
    }

    private void overwriteFromPage(int page) throws IOException {
        try (FileChannel file = FileChannel.open(settings.database(), StandardOpenOption.WRITE)) {
            long from = (long) page * PAGE_BYTES;
            byte[] noise = new byte[(int) (file.size() - from)];
            new Random(3).nextBytes(noise);
            file.write(ByteBuffer.wrap(noise), from);
        }
    }
}
