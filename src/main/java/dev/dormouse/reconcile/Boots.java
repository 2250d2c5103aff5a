package dev.dormouse.reconcile;

import dev.dormouse.engine.InstanceSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Has instances whose boot computes for long boot in turn, no more at a time than the machine has
 * CPUs for, so that the first serve long before the last. Any thread.
 */
final class Boots {
    /** What computes for less is over before another gains by waiting for it. */
    private static final Duration SLOW = Duration.ofMillis(500);

    /** A turn ends after so many times what the computing takes at least: the rest is waiting. */
    private static final int TIMES_HELD = 3;

    private static final Duration HELD_LEAST = Duration.ofSeconds(2);
    private static final Duration HELD_MOST = Duration.ofMinutes(1);

    /** Turns end, so that this is for more instances than a machine bears. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private static final long MVCPU = 1_000;

    private final LongSupplier mvcpu;
    private final FairShare turns;

    /**
     * @param mvcpu what the machine's CPUs are in all
     */
    Boots(LongSupplier mvcpu) {
        this.mvcpu = mvcpu;
        this.turns = new FairShare(mvcpu);
    }

    /** Whether others may have to wait for one that computes, or takes in all, for so long. */
    static boolean isSlow(Duration boot) {
        return boot.compareTo(SLOW) >= 0;
    }

    /**
     * Waits for its turn, if it needs one.
     *
     * @param cpuTime what its boot is known to compute
     * @return false if it was given up meanwhile
     */
    boolean take(InstanceSpec spec, Duration cpuTime) throws InterruptedException {
        if (!isSlow(cpuTime)) {
            return true;
        }
        return turns.take(spec.containerId(), spec.instanceId(), PATIENCE, () -> {}, share(spec));
    }

    private long share(InstanceSpec spec) {
        return Math.min(spec.mvcpuLimit(), mvcpu.getAsLong());
    }

    /** Its process runs: from now on its turn ends in time, whatever becomes of it. */
    void runs(InstanceSpec spec, Duration cpuTime) {
        if (isSlow(cpuTime)) {
            Duration most = held(cpuTime.multipliedBy(MVCPU).dividedBy(share(spec)));
            CompletableFuture.delayedExecutor(most.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> end(spec.instanceId()));
        }
    }

    private static Duration held(Duration alone) {
        Duration some = alone.multipliedBy(TIMES_HELD);
        Duration more = some.compareTo(HELD_LEAST) < 0 ? HELD_LEAST : some;
        return more.compareTo(HELD_MOST) > 0 ? HELD_MOST : more;
    }

    /** It is ready, or will not be. */
    void end(String instanceId) {
        turns.release(instanceId);
    }

    /** It no longer waits. */
    void withdraw(String instanceId) {
        turns.withdraw(instanceId);
    }

    /** How many wait. */
    int waiting() {
        return turns.waiting();
    }
}
