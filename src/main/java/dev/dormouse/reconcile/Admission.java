package dev.dormouse.reconcile;

import dev.dormouse.engine.InstanceSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * When an instance may start: as soon as the host has room for it, and not too many start at a
 * time, nor boot slowly. All of that is given to containers in turn. Any thread.
 */
final class Admission {
    /**
     * Longer than any queue of starts takes to empty; so long a wait means that something hangs.
     */
    private static final Duration START_PATIENCE = Duration.ofMinutes(10);

    /** Several times what a start takes on a busy machine. */
    private static final Duration TURN_HELD_MOST = Duration.ofSeconds(5);

    /** So long at most do starts keep an instance from being ended that nobody needs. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(2);

    private static final Duration ROOM_LOOK_EVERY = Duration.ofMillis(100);

    private static final long MEGABYTE = 1_000_000;

    private final FairShare room;
    private final FairShare starts;
    private final Boots boots;
    private final HostBudget budget;
    private final Duration patience;

    Admission(HostBudget budget, Boots boots, int parallelStarts, Duration patience) {
        this.budget = budget;
        this.boots = boots;
        this.patience = patience;
        this.room = new FairShare(budget::memoryBytes, budget::mvcpu);
        this.starts = new FairShare(() -> parallelStarts);
    }

    /**
     * Waits for room on the host.
     *
     * @param shortage called while this waits, so that somebody may make room
     * @return why there is none, in words for the container's owner; empty when it was given
     */
    Optional<String> takeRoom(InstanceSpec spec, Runnable shortage) throws InterruptedException {
        long memory = spec.memoryLimitBytes();
        long mvcpu = spec.mvcpuLimit();
        boolean had =
                room.isEverHad(memory, mvcpu)
                        && room.take(
                                spec.containerId(),
                                spec.instanceId(),
                                patience,
                                shortage,
                                memory,
                                mvcpu);
        return had ? Optional.empty() : Optional.of(noRoom(memory, mvcpu));
    }

    /** Takes room that nobody waits for; says why it is not had, as above. */
    Optional<String> takeFreeRoom(InstanceSpec spec) {
        long memory = spec.memoryLimitBytes();
        long mvcpu = spec.mvcpuLimit();
        return room.takeFree(spec.instanceId(), memory, mvcpu)
                ? Optional.empty()
                : Optional.of(noRoom(memory, mvcpu));
    }

    /** Whether there is room that nobody waits for. */
    boolean hasRoom(long memoryBytes, int mvcpu) {
        return room.isFree(memoryBytes, mvcpu);
    }

    private String noRoom(long memory, long mvcpu) {
        long[] given = room.given();
        return ("The host has no room for another instance: it needs %d MB of memory and %d mvCPU;"
                        + " of %d MB and %d mvCPU to give away, %d MB and %d mvCPU are taken")
                .formatted(
                        memory / MEGABYTE,
                        mvcpu,
                        budget.memoryBytes() / MEGABYTE,
                        budget.mvcpu(),
                        given[0] / MEGABYTE,
                        given[1]);
    }

    /**
     * Waits for a turn to start, and before that for one to boot if that computes for long; false
     * if the instance was given up meanwhile. A start that takes long no longer counts, since it
     * waits and does not work: one that is stuck keeps nobody waiting.
     *
     * @param boot what its boot is known to compute
     */
    boolean takeTurn(InstanceSpec spec, Duration boot) throws InterruptedException {
        String id = spec.instanceId();
        if (!boots.take(spec, boot)) {
            return false;
        }
        boolean had = starts.take(spec.containerId(), id, START_PATIENCE, () -> {}, 1);
        if (had) {
            CompletableFuture.delayedExecutor(TURN_HELD_MOST.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> starts.release(id));
        }
        return had;
    }

    /** Its process runs, and it boots. */
    void boots(InstanceSpec spec, Duration boot) {
        boots.runs(spec, boot);
    }

    /** The engine's part is over; if it did not start the instance, there is no boot either. */
    void endTurn(String instanceId, boolean isStarted) {
        starts.release(instanceId);
        if (!isStarted) {
            boots.end(instanceId);
        }
    }

    /** Its boot is over: it is ready, or will not be. */
    void booted(String instanceId) {
        boots.end(instanceId);
    }

    /**
     * Waits, not for long, while instances are being started: to end one takes as much of the
     * machine as to start one. Does not wait where somebody waits for the room.
     */
    void letStartsPass() throws InterruptedException {
        long end = System.nanoTime() + END_PATIENCE.toNanos();
        boolean isLeft = false;
        while (!isLeft && room.waiting() == 0 && System.nanoTime() < end) {
            isLeft = starts.awaitNone(ROOM_LOOK_EVERY);
        }
    }

    /** An instance that runs already has its room. */
    void adopt(String instanceId, long memoryBytes, int mvcpu) {
        room.seize(instanceId, memoryBytes, mvcpu);
    }

    /** The instance need not start any more, if it only waits for that. */
    void giveUp(String instanceId) {
        room.withdraw(instanceId);
        boots.withdraw(instanceId);
        starts.withdraw(instanceId);
    }

    /** The instance is gone. */
    void release(String instanceId) {
        room.release(instanceId);
    }

    /** Whether somebody waits for more room than these instances will leave when they are gone. */
    boolean isShort(Collection<String> leaving) {
        return room.isShort(leaving);
    }
}
