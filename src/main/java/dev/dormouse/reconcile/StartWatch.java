package dev.dormouse.reconcile;

import dev.dormouse.model.Start;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Times one start while it goes from hand to hand: it is always in some part, so that no time
 * belongs to none. Any thread.
 */
final class StartWatch {
    private final Order order;
    private final InstantSource clock;

    /** Guarded by this object, as are the next three. */
    private final Map<Start.Part, Duration> took = new EnumMap<>(Start.Part.class);

    private Start.Part part;
    private Instant since;
    private boolean isOver;

    /** Done when it is healthy or over. */
    private final CompletableFuture<Void> up = new CompletableFuture<>();

    /**
     * What is started, and why.
     *
     * @param because the cause in words for people
     * @param at when the cause was heard of, as people are told
     */
    record Order(String instanceId, int revision, Start.Cause cause, String because, Instant at) {}

    private StartWatch(Order order, Start.Part part, Instant since, InstantSource clock) {
        this.order = order;
        this.part = part;
        this.since = since;
        this.clock = clock;
        took.put(part, Duration.ZERO);
    }

    Start.Cause cause() {
        return order.cause();
    }

    /** Goes on from when the demand was heard of. */
    static StartWatch of(Order order, Demand.Why why, InstantSource clock) {
        if (why.imageAt().isEmpty()) {
            return new StartWatch(order, Start.Part.SCHEDULE, why.since(), clock);
        }
        StartWatch watch = new StartWatch(order, Start.Part.IMAGE, why.since(), clock);
        watch.enter(Start.Part.SCHEDULE, why.imageAt().get());
        return watch;
    }

    /** From now on its time belongs to this part. */
    void enter(Start.Part next) {
        enter(next, clock.instant());
        if (next == Start.Part.FORWARD) {
            up.complete(null);
        }
    }

    /** Has this done once it is healthy, or will not be; at once if that is known. */
    void whenUp(Runnable then) {
        var _ = up.thenRun(then);
    }

    private synchronized void enter(Start.Part next, Instant now) {
        if (!isOver) {
            took.merge(part, Duration.between(since, now), Duration::plus);
            took.putIfAbsent(next, Duration.ZERO);
            part = next;
            since = now;
        }
    }

    /** The account of it; empty if it was over already. */
    Optional<Start> end(Start.Outcome outcome, String message) {
        Optional<Start> account = account(outcome, message);
        up.complete(null);
        return account;
    }

    private synchronized Optional<Start> account(Start.Outcome outcome, String message) {
        if (isOver) {
            return Optional.empty();
        }
        enter(part);
        isOver = true;
        return Optional.of(
                new Start(
                        order.instanceId(),
                        order.revision(),
                        order.cause(),
                        order.because(),
                        order.at(),
                        outcome,
                        took,
                        message));
    }
}
