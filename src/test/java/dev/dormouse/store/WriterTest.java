package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers of the writer are told when things go wrong, and that the writer goes on. */
final class WriterTest {
    @TempDir Path folder;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Connections connections;
    private Writer writer;

    @BeforeEach
    void startWriter() {
        StoreSettings settings = new StoreSettings(folder, 1, Duration.ofMillis(500), 1);
        connections = new Connections(settings);
        writer = new Writer(connections.writing(), new Failures(settings.database()), settings);
        writer.start();
        writer.write(handle -> handle.execute("CREATE TABLE line (text TEXT NOT NULL UNIQUE)"));
    }

    @AfterEach
    void stopWriter() {
        writer.close();
        threads.close();
    }

    @Test
    void tellsThatTheDiskIsFullAndGoesOn() {
        writer.write(handle -> handle.execute("PRAGMA max_page_count = 8"));

        StoreException thrown = storeFailure(handle -> insert(handle, "x".repeat(100_000)));

        assertThat(thrown.kind()).isEqualTo(StoreException.Kind.FULL);
        assertThat(thrown).hasMessageNotContaining("xxx");
        assertThat(writer.<Integer>write(handle -> insert(handle, "small"))).isEqualTo(1);
        assertThat(lines()).isEqualTo(1);
    }

    @Test
    void tellsThatTheDatabaseMayNotBeWritten() {
        writer.write(handle -> handle.execute("PRAGMA query_only = ON"));

        assertThat(storeFailure(handle -> insert(handle, "a")).kind())
                .isEqualTo(StoreException.Kind.READ_ONLY);
    }

    @Test
    void tellsThatAnotherProcessWritesAndGoesOnWhenItHasEnded() throws Exception {
        try (Connection other = connections.migrating().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");

            assertThat(storeFailure(handle -> insert(handle, "a")).kind())
                    .isEqualTo(StoreException.Kind.BUSY);

            statement.execute("ROLLBACK");
        }
        assertThat(writer.<Integer>write(handle -> insert(handle, "a"))).isEqualTo(1);
    }

    @Test
    void letsAnotherProcessWriteBetweenItsTransactions() throws Exception {
        writer.write(handle -> insert(handle, "a"));
        assertThatThrownBy(() -> writer.write(handle -> insert(handle, "a")))
                .isInstanceOf(IllegalStateException.class);

        try (Connection other = connections.migrating().getConnection();
                Statement statement = other.createStatement()) {
            assertThat(statement.executeUpdate("INSERT INTO line (text) VALUES ('b')"))
                    .isEqualTo(1);
        }
    }

    @Test
    void throwsAnErrorOfTheWorkAsItIsAndGoesOn() {
        Error thrown = new StackOverflowError("as it is");

        assertThatThrownBy(() ->
                        writer.write(handle -> {
                            insert(handle, "a");
                            throw thrown;
                        }))
                .isSameAs(thrown);

        assertThat(lines()).isZero();
    }

    @Test
    void takesBackWhatTookTooLongSoThatBusyMeansNothingWasWritten() throws Exception {
        CountDownLatch release = new CountDownLatch(1);

        StoreException thrown =
                storeFailure(handle -> {
                    insert(handle, "late");
                    return await(release);
                });
        release.countDown();

        assertThat(thrown.kind()).isEqualTo(StoreException.Kind.BUSY);
        assertThat(thrown).hasMessageContaining("nothing was written");
        assertThat(lines()).isZero();
    }

    @Test
    void refusesMoreThanTheQueueHolds() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<StoreException> running =
                threads.submit(() ->
                        storeFailure(_ -> {
                            started.countDown();
                            return await(release);
                        }));
        started.await();
        Future<StoreException> queued =
                threads.submit(() -> storeFailure(handle -> insert(handle, "queued")));

        StoreException refused = storeFailure(handle -> insert(handle, "refused"));

        assertThat(refused.kind()).isEqualTo(StoreException.Kind.BUSY);
        assertThat(running.get().kind()).isEqualTo(StoreException.Kind.BUSY);
        assertThat(queued.get().kind()).isEqualTo(StoreException.Kind.BUSY);
        release.countDown();
        assertThat(lines()).isZero();
    }

    @Test
    void anInterruptedCallerHearsThatNothingWasWritten() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<Boolean> caller =
                threads.submit(() -> {
                    Thread.currentThread().interrupt();
                    storeFailure(handle -> {
                        insert(handle, "interrupted");
                        started.countDown();
                        return await(release);
                    });
                    return Thread.interrupted();
                });

        assertThat(caller.get()).as("still interrupted").isTrue();
        release.countDown();
        assertThat(lines()).isZero();
    }

    @Test
    void carriesOutWhatIsQueuedBeforeItEndsAndRefusesWhatComesLater() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<Integer> running =
                threads.submit(() ->
                        writer.write(handle -> {
                            started.countDown();
                            await(release);
                            return insert(handle, "running");
                        }));
        started.await();
        Future<?> closing = threads.submit(writer::close);
        release.countDown();
        closing.get();

        assertThat(running.get()).isEqualTo(1);
        assertThat(storeFailure(handle -> insert(handle, "later")).kind())
                .isEqualTo(StoreException.Kind.BUSY);
    }

    private StoreException storeFailure(Function<Handle, Integer> work) {
        return catchThrowableOfType(StoreException.class, () -> writer.write(work));
    }

    private int lines() {
        return writer.write(handle ->
                handle.createQuery("SELECT count(*) FROM line").mapTo(Integer.class).one());
    }

    private static int insert(Handle handle, String text) {
        return handle.execute("INSERT INTO line (text) VALUES (?)", text);
    }

    private static int await(CountDownLatch latch) {
        try {
            latch.await();
            return 0;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
