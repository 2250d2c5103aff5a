package dev.dormouse.reconcile;

import dev.dormouse.model.Container;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Start;
import dev.dormouse.model.Workload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What asks for a container's next instance, and since when. Used by the container's pass alone,
 * but for {@link #called} and {@link #written}.
 */
final class Demand {
    /** Since when somebody waits who has not been heard, or something written has not been read. */
    private final AtomicReference<@Nullable Instant> call = new AtomicReference<>();

    private final AtomicReference<@Nullable Instant> write = new AtomicReference<>();

    private @Nullable Instant heard;
    private long generation;
    private Instant generationAt = Instant.EPOCH;
    private @Nullable Instant imageAt;
    private int rolledOut;
    private Instant rolledOutAt = Instant.EPOCH;
    private final List<Lost> lost = new ArrayList<>();

    private record Lost(int revision, Instant at) {}

    /**
     * Why an instance is started.
     *
     * @param since when that was heard of
     * @param imageAt until when its image was being resolved; empty if that was done before
     */
    record Why(Start.Cause cause, Instant since, Optional<Instant> imageAt) {}

    /** Somebody waits, or calls more than before; any thread. */
    void called(Instant now) {
        if (call.get() == null) {
            call.compareAndSet(null, now);
        }
    }

    /** The store has something new; any thread. */
    void written(Instant now) {
        write.compareAndSet(null, now);
    }

    /** A pass begins, and reads what is asked for. */
    void hear() {
        heard = earlier(heard, call.getAndSet(null));
    }

    /** What was read of the store. */
    void know(Container container, Instant now) {
        Instant since = write.getAndSet(null);
        heard = earlier(heard, since);
        if (container.generation() != generation) {
            generation = container.generation();
            generationAt = since == null ? now : since;
            imageAt = null;
        }
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return other == null || (one != null && one.isBefore(other)) ? one : other;
    }

    /** The image of the newest generation is known. */
    void begun(Instant now) {
        imageAt = now;
    }

    /** An instance of the revision failed. */
    void lost(int revision, Instant now) {
        lost.add(new Lost(revision, now));
    }

    /**
     * A pass ends.
     *
     * @param live what serves, if it has as many instances as are wanted: nobody takes the place of
     *     those it lost
     */
    void settle(Optional<Revision> live, List<Revision> revisions) {
        heard = null;
        lost.removeIf(one ->
                live.filter(revision -> revision.number() == one.revision).isPresent()
                        || revisions.stream()
                                .noneMatch(revision -> isStarted(revision, one.revision)));
    }

    private static boolean isStarted(Revision revision, int number) {
        return revision.number() == number
                && (revision.state() == Revision.State.LIVE
                        || revision.state() == Revision.State.DEPLOYING);
    }

    /**
     * Why the next instance of the revision is started.
     *
     * @param active how many it has
     * @param before what serves
     */
    Why next(Revision revision, int active, int minScale, Optional<Revision> before, Instant now) {
        for (Lost one : lost) {
            if (one.revision == revision.number()) {
                lost.remove(one);
                return new Why(Start.Cause.REPLACEMENT, one.at, Optional.empty());
            }
        }
        if (revision.state() == Revision.State.DEPLOYING) {
            return rollout(revision, before, now);
        }
        Start.Cause cause =
                active < minScale
                        ? Start.Cause.MIN_SCALE
                        : active == 0 ? Start.Cause.REQUEST : Start.Cause.SCALE_UP;
        return new Why(cause, heard == null ? now : heard, Optional.empty());
    }

    /** The first ones are asked for by the write, later ones by what has come since. */
    private Why rollout(Revision revision, Optional<Revision> before, Instant now) {
        boolean isBack =
                revision.workload().pin().isPresent()
                        && !revision.workload()
                                .pin()
                                .equals(before.map(Revision::workload).flatMap(Workload::pin));
        Start.Cause cause = isBack ? Start.Cause.ROLLBACK : Start.Cause.ROLLOUT;
        if (rolledOut != revision.number()) {
            rolledOut = revision.number();
            rolledOutAt = now;
        }
        return rolledOutAt.equals(now)
                ? new Why(cause, generationAt, Optional.ofNullable(imageAt))
                : new Why(cause, now, Optional.empty());
    }
}
