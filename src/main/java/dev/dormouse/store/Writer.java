package dev.dormouse.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes, with the one connection that can. Transactions run on it whole and
 * one after another; a connection on which a transaction did not end as it should is thrown away.
 */
final class Writer implements AutoCloseable {
    private final DataSource source;
    private final Failures failures;
    private final Duration deadline;
    private final BlockingQueue<WriteTask<?>> queue;
    private final WriteTask<Boolean> stop = new WriteTask<>(_ -> true);
    private final Jdbi jdbi =
            Connections.jdbi(
                    new ConnectionFactory() {
                        @Override
                        public Connection openConnection() throws SQLException {
                            return connection();
                        }

                        @Override
                        public void closeConnection(Connection kept) {}
                    });
    private final Thread thread;

    /** Of the writer's thread only. */
    private @Nullable Connection connection;

    private volatile boolean closed;

    Writer(DataSource source, Failures failures, StoreSettings settings) {
        this.source = source;
        this.failures = failures;
        this.deadline = settings.deadline();
        this.queue = new ArrayBlockingQueue<>(settings.queueDepthMax());
        this.thread = Thread.ofPlatform().name("store-writer").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Returns once the work has been committed; throws what it threw once it was rolled back. */
    <T> T write(Function<Handle, T> work) {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("A write within a write would wait for itself");
        }
        WriteTask<T> task = new WriteTask<>(work);
        long end = System.nanoTime() + deadline.toNanos();
        submit(task);
        return task.await(Math.max(1, end - System.nanoTime()));
    }

    /** Carries out what is queued, then ends; waits for that no longer than the deadline. */
    @Override
    public void close() {
        closed = true;
        try {
            if (queue.offer(stop, deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                thread.join(deadline);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void submit(WriteTask<?> task) {
        if (closed) {
            throw closing();
        }
        try {
            if (queue.offer(task, deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Kind.BUSY,
                    "Interrupted while waiting for the store; nothing was written",
                    e);
        }
        throw new StoreException(
                StoreException.Kind.BUSY,
                "Too many writes wait for the store; nothing was written");
    }

    private void run() {
        try {
            WriteTask<?> task = queue.take();
            while (!task.equals(stop)) {
                carryOut(task);
                task = queue.take();
            }
        } catch (InterruptedException e) {
            closed = true;
        } finally {
            drop();
            for (WriteTask<?> late = queue.poll(); late != null; late = queue.poll()) {
                late.fail(closing());
            }
        }
    }

    private <T> void carryOut(WriteTask<T> task) {
        if (!task.begin()) {
            return;
        }
        T result;
        try {
            result = transaction(task);
        } catch (SQLException | JdbiException e) {
            rollBack();
            task.fail(failures.of(e));
            return;
        } catch (RuntimeException | Error e) {
            rollBack();
            task.fail(e);
            return;
        }
        task.succeed(result);
    }

    /**
     * Begins and ends through auto-commit alone: the driver's {@code commit()} begins the next
     * transaction at once, which would keep the write lock, and report a failure to take it as one
     * of the commit.
     */
    private <T> T transaction(WriteTask<T> task) throws SQLException {
        Connection current = connection();
        current.setAutoCommit(false);
        T result;
        try (Handle handle = jdbi.open()) {
            result = task.work(handle);
        }
        if (!task.beginCommit()) {
            throw new StoreException(StoreException.Kind.BUSY, "Nobody waits for this write");
        }
        current.setAutoCommit(true);
        return result;
    }

    private Connection connection() throws SQLException {
        Connection current = connection;
        if (current == null) {
            current = source.getConnection();
            connection = current;
        }
        return current;
    }

    private void rollBack() {
        Connection current = connection;
        if (current == null) {
            return;
        }
        try {
            current.rollback();
            current.setAutoCommit(true);
        } catch (SQLException e) {
            drop();
        }
    }

    /** Closing rolls back whatever is open; a failure to close leaves nothing more to be done. */
    private void drop() {
        try (Connection _ = connection) {
            connection = null;
        } catch (SQLException e) {
            connection = null;
        }
    }

    private static StoreException closing() {
        return new StoreException(
                StoreException.Kind.BUSY, "The store is closed; nothing was written");
    }
}
