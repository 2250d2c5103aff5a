package dev.dormouse.engine.docker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many starts the busiest minute so far has had. For one thread at a time. */
final class BusiestMinute {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final int most;
    private final Deque<Long> recent = new ArrayDeque<>();
    private int starts;

    /**
     * @param most beyond which it does not matter how many there were
     */
    BusiestMinute(int most) {
        this.most = most;
    }

    /** There was one. */
    void started(long now) {
        while (!recent.isEmpty() && now - recent.getFirst() >= MINUTE) {
            recent.removeFirst();
        }
        recent.addLast(now);
        if (recent.size() > most) {
            recent.removeFirst();
        }
        starts = Math.max(starts, recent.size());
    }

    int starts() {
        return starts;
    }
}
