package dev.dormouse.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * One transaction on its way through the writer, and the one who waits for it. Whoever waits may
 * give up until the commit begins; then the writer takes everything back. So a caller that hears
 * that it waited too long knows that nothing was written.
 */
final class WriteTask<T> {
    private enum Phase {
        QUEUED,
        RUNNING,
        COMMITTING,
        GIVEN_UP
    }

    private final Function<Handle, T> work;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.QUEUED);
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    WriteTask(Function<Handle, T> work) {
        this.work = work;
    }

    /** Writer: whether anybody still waits for it. */
    boolean begin() {
        return phase.compareAndSet(Phase.QUEUED, Phase.RUNNING);
    }

    /** Writer: whether the commit may begin, from which there is no way back. */
    boolean beginCommit() {
        return phase.compareAndSet(Phase.RUNNING, Phase.COMMITTING);
    }

    T work(Handle handle) {
        return work.apply(handle);
    }

    void succeed(T result) {
        outcome.complete(result);
    }

    void fail(Throwable failure) {
        outcome.completeExceptionally(failure);
    }

    /**
     * Returns the result, or throws what the work threw, once the transaction has ended.
     *
     * @param nanos how long to wait before giving up; a commit that has begun is waited for as long
     *     again
     */
    T await(long nanos) {
        try {
            return outcome.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException e) {
            if (giveUp()) {
                throw busy("The store did not get to this write in time");
            }
            return awaitCommit(nanos);
        } catch (InterruptedException e) {
            try {
                if (giveUp()) {
                    throw busy("Interrupted while waiting for the store");
                }
                return awaitCommit(nanos);
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    private T awaitCommit(long nanos) {
        try {
            return outcome.get(nanos, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (TimeoutException | InterruptedException e) {
            throw new StoreException(
                    StoreException.Kind.BROKEN,
                    "The disk did not confirm a change in time; it may or may not have been kept",
                    e);
        }
    }

    private boolean giveUp() {
        return phase.compareAndSet(Phase.QUEUED, Phase.GIVEN_UP)
                || phase.compareAndSet(Phase.RUNNING, Phase.GIVEN_UP);
    }

    private static StoreException busy(String why) {
        return new StoreException(StoreException.Kind.BUSY, why + "; nothing was written");
    }

    private static RuntimeException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException thrown -> thrown;
            case Error thrown -> throw thrown;
            case null, default -> new IllegalStateException(e);
        };
    }
}
