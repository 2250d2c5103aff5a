package dev.dormouse.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often each caller may come: so many times at once, and then at an even pace. What is kept of
 * a caller is one number, the instant at which all of its turns are free again; who has all of them
 * free need not be known. Safe on any thread; takes no lock.
 */
public final class RateLimit {
    private static final int CALLERS_KEPT = 10_000;
    private static final long NANOS = 1_000_000_000L;

    private final long perSecond;
    private final long paceNanos;
    private final long burst;
    private final Map<String, AtomicLong> allFreeAt = new ConcurrentHashMap<>();

    /**
     * @param perSecond 0 means that there is no limit
     * @param burst how many may come at once, at least 1
     */
    public RateLimit(long perSecond, long burst) {
        this.perSecond = perSecond;
        this.paceNanos = perSecond == 0 ? 0 : NANOS / perSecond;
        this.burst = burst;
    }

    public long perSecond() {
        return perSecond;
    }

    /** Of how many callers something is kept. */
    int kept() {
        return allFreeAt.size();
    }

    /**
     * Takes a turn.
     *
     * @return how long the caller has to wait for one; empty if it has it
     */
    public Optional<Duration> take(String caller, Instant at) {
        if (perSecond == 0) {
            return Optional.empty();
        }
        long now = at.getEpochSecond() * NANOS + at.getNano();
        AtomicLong mine = allFreeAt.computeIfAbsent(caller, _ -> new AtomicLong(now));
        if (allFreeAt.size() > CALLERS_KEPT) {
            allFreeAt.values().removeIf(one -> one.get() < now);
        }
        while (true) {
            long seen = mine.get();
            // Never more than all turns are taken, be it that the clock was set back.
            long due = Math.clamp(seen, now, now + burst * paceNanos);
            long wait = due - now - (burst - 1) * paceNanos;
            if (mine.compareAndSet(seen, wait > 0 ? due : due + paceNanos)) {
                return wait > 0 ? Optional.of(Duration.ofNanos(wait)) : Optional.empty();
            }
        }
    }
}
