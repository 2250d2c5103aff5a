package dev.dormouse.gateway;

import dev.dormouse.model.Route.Target;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The places on one instance, counted over all event loops. Retiring and taking a place are one
 * atomic word: once {@link #retire} has returned no further place is given, so a count of zero read
 * afterwards stays zero. So are being asleep and taking the first place, which wakes it.
 */
final class InstanceSlots {
    private static final int RETIRED = Integer.MIN_VALUE;
    private static final int ASLEEP = 1 << 30;
    private static final int COUNT = ASLEEP - 1;
    private static final CompletableFuture<Void> AWAKE = CompletableFuture.completedFuture(null);
    private static final long ASIDE_FIRST_NANOS = Duration.ofMillis(100).toNanos();
    private static final long ASIDE_MOST_NANOS = Duration.ofSeconds(5).toNanos();

    /** Broken requests in a row: one may be a request's own fault. */
    private static final int BROKEN_TO_SUSPECT = 3;

    private static final long SUSPECT_NANOS = Duration.ofSeconds(5).toNanos();

    private final Target target;
    private final Supplier<CompletableFuture<Void>> wake;
    private final AtomicInteger word;
    private volatile CompletableFuture<Void> awake;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile long asideUntil;
    private final AtomicInteger broken = new AtomicInteger();
    private volatile long suspectUntil;

    /**
     * @param asleep whether it must be woken before its first request
     * @param wake called if so by whoever takes the first place, and again by the next one after it
     *     failed; must not block
     */
    InstanceSlots(Target target, boolean asleep, Supplier<CompletableFuture<Void>> wake) {
        this.target = target;
        this.wake = wake;
        this.word = new AtomicInteger(asleep ? ASLEEP : 0);
        this.awake = asleep ? new CompletableFuture<>() : AWAKE;
    }

    Target target() {
        return target;
    }

    int inFlight() {
        return word.get() & COUNT;
    }

    /** Whether the next request has to wake it. */
    boolean isAsleep() {
        return (word.get() & ASLEEP) != 0;
    }

    /** Completes when who has a place may ask it; exceptionally if it cannot be woken. */
    CompletableFuture<Void> awake() {
        return awake;
    }

    /** Somebody else has woken it. */
    void isWoken() {
        word.getAndUpdate(now -> now & ~ASLEEP);
        awake.complete(null);
        awake = AWAKE;
    }

    /** One place, unless {@code most} are taken or the instance is retired. */
    boolean take(int most) {
        int now;
        do {
            now = word.get();
            if (now < 0 || (now & COUNT) >= most) {
                return false;
            }
        } while (!word.compareAndSet(now, (now & ~ASLEEP) + 1));
        if ((now & ASLEEP) != 0) {
            wake();
        }
        return true;
    }

    /** By one at a time: it is asleep again only once a failure has been told. */
    private void wake() {
        CompletableFuture<Void> told =
                awake.isCompletedExceptionally() ? new CompletableFuture<>() : awake;
        awake = told;
        var _ =
                wake.get()
                        .whenComplete((_, failure) -> {
                            if (failure == null) {
                                told.complete(null);
                                awake = AWAKE;
                            } else {
                                told.completeExceptionally(failure);
                                word.getAndUpdate(now -> now | ASLEEP);
                            }
                        });
    }

    void release() {
        word.decrementAndGet();
    }

    void retire() {
        word.getAndUpdate(now -> now | RETIRED);
    }

    void revive() {
        word.getAndUpdate(now -> now & ~RETIRED);
    }

    boolean isRetired() {
        return word.get() < 0;
    }

    boolean isRetiredAndEmpty() {
        return (word.get() & ~ASLEEP) == RETIRED;
    }

    /** Whether it refused a connection so short a time ago that others are to be asked first. */
    boolean isAside(long now) {
        return failures.get() > 0 && asideUntil - now > 0;
    }

    /**
     * A connection could not be made: set aside, each time for twice as long; says for how long.
     * Failures that come together, of requests that were let in together, count once.
     */
    Duration setAside(long now) {
        if (isAside(now)) {
            return Duration.ofNanos(asideUntil - now);
        }
        int before = Math.min(failures.getAndIncrement(), 16);
        long nanos = Math.min(ASIDE_FIRST_NANOS << before, ASIDE_MOST_NANOS);
        asideUntil = now + nanos;
        return Duration.ofNanos(nanos);
    }

    /**
     * Whether it took requests and broke them off, several in a row, so short a time ago that
     * others are to be preferred while there are any.
     */
    boolean isSuspect(long now) {
        return broken.get() >= BROKEN_TO_SUSPECT && suspectUntil - now > 0;
    }

    /** A request that it had was broken off before its answer began. */
    void broke(long now) {
        suspectUntil = now + SUSPECT_NANOS;
        broken.incrementAndGet();
    }

    /** An answer began. */
    void answered() {
        if (broken.get() > 0) {
            broken.set(0);
        }
    }

    /** A connection was made. */
    void reached() {
        if (failures.get() > 0) {
            failures.set(0);
        }
    }
}
