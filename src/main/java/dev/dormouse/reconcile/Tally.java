package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Memory;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Container;
import dev.dormouse.model.Traffic;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one container is counted with and shown as. Used by its pass alone. */
final class Tally {
    private final ReconcileMetrics.Counted counted;
    private final FrozenMemory.Part frozen;
    private final Journal journal;
    private final Surroundings around;

    Tally(
            ReconcileMetrics.Counted counted,
            FrozenMemory.Part frozen,
            Journal journal,
            Surroundings around) {
        this.counted = counted;
        this.frozen = frozen;
        this.journal = journal;
        this.around = around;
    }

    /**
     * Counts what there is now.
     *
     * @param container null once nobody wants it
     */
    Snapshot of(
            @Nullable Container container,
            Roster roster,
            Traffic traffic,
            Memory memory,
            String because) {
        List<Seen> instances = roster.seen(traffic);
        counted.are(instances.stream().map(Seen::phase).toList());
        frozen.is(container == null ? 0 : roster.held(container.workload().memoryLimitBytes()));
        Instant now = around.clock().instant();
        boolean maySink = container != null && around.settings().sinks(container);
        return new Snapshot(
                new Activity(roster.views(traffic, around.wallAhead()), because, journal.lines()),
                Dispensable.of(
                        container,
                        instances,
                        traffic,
                        memory,
                        maySink && roster.canSink(now),
                        container == null
                                ? Winnings.NONE
                                : roster.winnings(
                                        container.workload().memoryLimitBytes(), maySink, now)));
    }

    /**
     * Whether what is frozen may hold one more of its instances, once those that do not yet stand
     * still do, too.
     */
    boolean hasRoomForAnother(Roster roster, long limit) {
        return frozen.mayBe(roster.held(limit) + (roster.moving() + 1) * limit);
    }

    /** Nothing is left of it. */
    void isOver() {
        counted.are(List.of());
        frozen.is(0);
    }
}
