package dev.dormouse.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests are inside, and the most there were since somebody asked. Any thread. */
final class Need {
    private final AtomicInteger now = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();

    void more() {
        int current = now.incrementAndGet();
        if (current > peak.get()) {
            peak.accumulateAndGet(current, Math::max);
        }
    }

    void less() {
        now.decrementAndGet();
    }

    int now() {
        return now.get();
    }

    /**
     * The peak until now; the next begins at what is inside now. A request that comes between the
     * two reads has raised the peak, so the swap fails and is tried again, or was below the peak
     * and is part of the period that ends here.
     */
    int takePeak() {
        int before;
        int current;
        do {
            before = peak.get();
            current = now.get();
        } while (!peak.compareAndSet(before, current));
        return Math.max(before, current);
    }
}
