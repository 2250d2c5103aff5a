package dev.dormouse.reconcile;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Quantities of which there is only so much, given to instances. What does not fit waits; the
 * containers that wait are served in turn, one instance each, and the one whose turn it is is not
 * overtaken, so that a large one is not starved by small ones. Any thread.
 */
final class FairShare {
    private static final Duration SHORTAGE_EVERY = Duration.ofSeconds(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongSupplier[] most;
    private final long[] used;
    private final Map<String, long[]> given = new HashMap<>();
    private final LinkedHashMap<UUID, Deque<Waiter>> waiting = new LinkedHashMap<>();

    private static final class Waiter {
        final String id;
        final long[] amounts;
        final CompletableFuture<Boolean> answer = new CompletableFuture<>();

        Waiter(String id, long[] amounts) {
            this.id = id;
            this.amounts = amounts;
        }
    }

    /** What there is of each quantity, as often as it is asked for. */
    FairShare(LongSupplier... most) {
        this.most = most;
        this.used = new long[most.length];
    }

    /** Whether so much could be had if nobody else had any. */
    boolean isEverHad(long... amounts) {
        return fit(amounts, new long[most.length]);
    }

    /**
     * Takes as much of each quantity, or waits for it.
     *
     * @param shortage called again and again while this waits, so that somebody may make room
     * @return false if it was not to be had in time, or was {@linkplain #withdraw withdrawn}
     *     meanwhile
     */
    boolean take(UUID container, String id, Duration patience, Runnable shortage, long... amounts)
            throws InterruptedException {
        Waiter waiter = new Waiter(id, amounts);
        change(() -> waiting.computeIfAbsent(container, _ -> new ArrayDeque<>()).add(waiter));
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                long left = Math.min(end - System.nanoTime(), SHORTAGE_EVERY.toNanos());
                if (waiter.answer.isDone()) {
                    return waiter.answer.get();
                }
                if (left <= 0) {
                    change(() -> leave(id));
                    return waiter.answer.getNow(false);
                }
                shortage.run();
                try {
                    return waiter.answer.get(left, TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    // Nobody made room yet.
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            withdraw(id);
            release(id);
            throw e;
        }
    }

    /** Counts what an instance has already, even if that is more than there is. */
    void seize(String id, long... amounts) {
        change(() -> give(id, amounts));
    }

    /** The instance gives back what it has. */
    void release(String id) {
        change(() -> add(used, given.remove(id), -1));
    }

    /** The instance no longer waits; what it has it keeps. */
    void withdraw(String id) {
        change(() -> leave(id));
    }

    /** Whether whose turn it is cannot be served even when these have given back what they have. */
    boolean isShort(Collection<String> leaving) {
        lock.lock();
        try {
            long[] rest = used.clone();
            for (String id : leaving) {
                add(rest, given.get(id), -1);
            }
            return !waiting.isEmpty()
                    && !fit(waiting.firstEntry().getValue().getFirst().amounts, rest);
        } finally {
            lock.unlock();
        }
    }

    /** Whether so much could be had now, without keeping it from anybody who waits. */
    boolean isFree(long... amounts) {
        lock.lock();
        try {
            return waiting.isEmpty() && fit(amounts, used);
        } finally {
            lock.unlock();
        }
    }

    /** Takes that, if it is so. */
    boolean takeFree(String id, long... amounts) {
        lock.lock();
        try {
            boolean had = isFree(amounts);
            if (had) {
                give(id, amounts);
            }
            return had;
        } finally {
            lock.unlock();
        }
    }

    /** How much is given away of each quantity. */
    long[] given() {
        lock.lock();
        try {
            return used.clone();
        } finally {
            lock.unlock();
        }
    }

    /** How many instances wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting.values().stream().mapToInt(Deque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, at most so long, until nobody has any and nobody waits for some; whether it is so. */
    boolean awaitNone(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (left > 0 && !(given.isEmpty() && waiting.isEmpty())) {
                left = changed.awaitNanos(left);
            }
            return given.isEmpty() && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            serve();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            UUID container = waiting.firstEntry().getKey();
            Deque<Waiter> line = waiting.firstEntry().getValue();
            Waiter first = line.getFirst();
            if (!fit(first.amounts, used)) {
                return;
            }
            give(first.id, first.amounts);
            first.answer.complete(true);
            line.removeFirst();
            waiting.remove(container);
            if (!line.isEmpty()) {
                waiting.put(container, line);
            }
        }
    }

    private void leave(String id) {
        waiting.values()
                .forEach(line ->
                        line.removeIf(waiter -> {
                            boolean isIt = waiter.id.equals(id);
                            if (isIt) {
                                waiter.answer.complete(false);
                            }
                            return isIt;
                        }));
        waiting.values().removeIf(Deque::isEmpty);
    }

    private void give(String id, long[] amounts) {
        add(used, given.put(id, amounts), -1);
        add(used, amounts, 1);
    }

    private static void add(long[] sum, long @Nullable [] amounts, int sign) {
        for (int i = 0; amounts != null && i < sum.length; i++) {
            sum[i] += sign * amounts[i];
        }
    }

    private boolean fit(long[] amounts, long[] beside) {
        for (int i = 0; i < most.length; i++) {
            if (beside[i] + amounts[i] > most[i].getAsLong()) {
                return false;
            }
        }
        return true;
    }
}
