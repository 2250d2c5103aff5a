package dev.dormouse.gateway;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * How often a container's requests may be tried again: a fifth of them, and a few at once, so that
 * trouble is not doubled by those who ask again. Safe on any thread.
 */
final class RetryBudget {
    private static final int REQUESTS_PER_RETRY = 5;
    private static final int MOST_AT_ONCE = 100;

    private final LongSupplier requests;

    /** What was taken, or lapsed because nobody took it in time. */
    private final AtomicLong spent = new AtomicLong();

    /**
     * @param requests how many there were so far
     */
    RetryBudget(LongSupplier requests) {
        this.requests = requests;
    }

    /** One more retry, unless too many were made already. */
    boolean take() {
        long earned = requests.getAsLong() / REQUESTS_PER_RETRY;
        long before = spent.getAndUpdate(now -> after(now, earned));
        return after(before, earned) != before;
    }

    private static long after(long spent, long earned) {
        long unlapsed = Math.max(spent, earned);
        return unlapsed - earned < MOST_AT_ONCE ? unlapsed + 1 : spent;
    }
}
