package dev.dormouse.reconcile;

import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.model.Start;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What the loop knows of one instance; changed by the container's pass alone. */
final class Tracked {
    final String id;
    final int revision;
    final Instant askedAt;
    private Phase phase = Phase.STARTING;
    private Instant since;
    private Instant residentUntil = Instant.EPOCH;
    private long held = Long.MAX_VALUE;
    private boolean confirmed;
    private @Nullable Instance instance;
    private @Nullable Future<?> probes;
    private @Nullable StartWatch watch;
    private volatile boolean givenUp;
    private boolean isSpare;

    Tracked(String id, int revision, Instant askedAt) {
        this.id = id;
        this.revision = revision;
        this.askedAt = askedAt;
        this.since = askedAt;
    }

    /** One that is started now, and how long that takes is being told. */
    Tracked(String id, int revision, Instant askedAt, StartWatch watch) {
        this(id, revision, askedAt);
        this.watch = watch;
        this.isSpare = watch.cause() == Start.Cause.STANDBY;
        this.phase = isSpare ? Phase.PREPARING : Phase.STARTING;
    }

    /** Its start comes to this part; an adopted one was started by another server. */
    void reached(Start.Part part) {
        StartWatch timing = watch;
        if (timing != null) {
            timing.enter(part);
        }
    }

    /** The account of its start, once. */
    Optional<Start> startOver(Start.Outcome outcome, String message) {
        StartWatch timing = watch;
        watch = null;
        return timing == null ? Optional.empty() : timing.end(outcome, message);
    }

    /** Whether it was started to stand by; read by the task that starts it, too. */
    boolean isSpare() {
        return isSpare;
    }

    Phase phase() {
        return phase;
    }

    Instant since() {
        return since;
    }

    void enter(Phase next, Instant now) {
        if (phase != next) {
            boolean stays = phase.isStill() && next.isStill();
            phase = next;
            since = stays ? since : now;
        }
        if (next == Phase.READY) { // what it holds changes again
            held = Long.MAX_VALUE;
            residentUntil = Instant.EPOCH;
        }
        if (!next.isComingUp() && next != Phase.READY) {
            endProbes();
        }
    }

    /**
     * Whether the engine has said that it exists; before that, its absence from a listing means
     * nothing.
     */
    boolean confirmed() {
        return confirmed;
    }

    void confirm(Instance seen) {
        confirmed = true;
        if (seen.state() instanceof Instance.State.Running) {
            instance = seen;
        }
    }

    /** As it was last seen running. */
    Optional<Instance> instance() {
        return Optional.ofNullable(instance);
    }

    Optional<Instance.State.Running> at() {
        return instance()
                .map(Instance::state)
                .filter(Instance.State.Running.class::isInstance)
                .map(Instance.State.Running.class::cast);
    }

    /** Whether a request has to wake it. */
    boolean isAsleep() {
        return phase.isStill() || phase == Phase.WAKING;
    }

    /** It was measured while it stands still: it holds so many bytes until it goes on. */
    void holds(long bytes) {
        held = bytes;
    }

    /** Its memory stays where it is until then. */
    void floats(Instant until, Instant now) {
        residentUntil = until;
        enter(Phase.FROZEN, now);
    }

    /** At the end of time for one whose runtime keeps it. */
    Instant residentUntil() {
        return runtime().filter(one -> !one.bearsFreezing()).isPresent()
                ? Instant.MAX
                : residentUntil;
    }

    /** What it runs under, once the engine has said so. */
    Optional<InstanceRuntime> runtime() {
        return instance().map(Instance::runtime);
    }

    /** What pushing its memory out may win, or won. */
    Winnings winnings(long limit, boolean maySink, Instant now) {
        if (phase.isStill() && held != Long.MAX_VALUE) {
            return new Winnings(0, limit, held(limit));
        }
        return phase == Phase.SINKING || (maySink && canSink(now))
                ? new Winnings(limit, 0, 0)
                : Winnings.NONE;
    }

    /** Whether its memory could be pushed out now. */
    boolean canSink(Instant now) {
        return phase == Phase.FROZEN && !now.isBefore(residentUntil());
    }

    /** Bytes that it holds while it stands still, at most its limit; none otherwise. */
    long held(long limit) {
        return phase.isStill() ? Math.min(held, limit) : 0;
    }

    /** Nobody wants it any more; read by the task that starts it. */
    boolean isGivenUp() {
        return givenUp;
    }

    void giveUp() {
        givenUp = true;
    }

    boolean isProbed() {
        return probes != null;
    }

    void probedBy(Future<?> run) {
        probes = run;
    }

    void endProbes() {
        if (probes != null) {
            probes.cancel(true);
            probes = null;
        }
    }
}
