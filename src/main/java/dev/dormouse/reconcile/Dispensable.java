package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Memory;
import dev.dormouse.model.Container;
import dev.dormouse.model.Traffic;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a container could do without, as of its last pass.
 *
 * @param idleSince since when it could do without an instance that it has; empty if it could not
 * @param gifts what it would give then
 * @param isSinking whether the memory of any is being pushed out
 * @param winnings what that may win, or won
 * @param leaving its instances that are on their way out
 */
record Dispensable(
        Optional<Instant> idleSince,
        Set<Gift> gifts,
        boolean isSinking,
        Winnings winnings,
        Set<String> leaving) {
    static final Dispensable NOTHING =
            new Dispensable(Optional.empty(), Set.of(), false, Winnings.NONE, Set.of());

    private static final Set<Phase> KEPT =
            EnumSet.of(
                    Phase.READY,
                    Phase.RESTING,
                    Phase.FREEZING,
                    Phase.FROZEN,
                    Phase.SINKING,
                    Phase.DEEP,
                    Phase.WAKING);

    private static final Set<Phase> LEAVING = EnumSet.of(Phase.DRAINING, Phase.STOPPING);

    /** What others may need. */
    enum Gift {
        /** The place of an instance. */
        ROOM,
        /** Memory that may be pushed out, where there is something to push it to. */
        SINKABLE,
        /** The memory of one that stands still and has all of it, and none is being pushed out. */
        RESIDENT,
        /** What is left of one whose memory was pushed out, and none is being pushed out. */
        DEEP
    }

    Dispensable {
        gifts = Set.copyOf(gifts);
        leaving = Set.copyOf(leaving);
    }

    /**
     * Tells it of these instances.
     *
     * @param container null once nobody wants it
     * @param canSink whether the memory of any may be pushed out now
     * @param winnings what that may win, or won
     */
    static Dispensable of(
            @Nullable Container container,
            List<Seen> instances,
            Traffic traffic,
            Memory memory,
            boolean canSink,
            Winnings winnings) {
        if (instances.isEmpty()) {
            return NOTHING;
        }
        Set<Phase> phases = EnumSet.noneOf(Phase.class);
        instances.forEach(seen -> phases.add(seen.phase()));
        Optional<Instant> idleSince =
                couldGive(container, instances, traffic, phases)
                        ? Optional.of(memory.lastActive().orElse(Instant.EPOCH))
                        : Optional.empty();
        return new Dispensable(
                idleSince,
                idleSince.isPresent() ? gifts(phases, canSink) : Set.of(),
                phases.contains(Phase.SINKING),
                winnings,
                instances.stream()
                        .filter(seen -> LEAVING.contains(seen.phase()))
                        .map(Seen::id)
                        .collect(Collectors.toSet()));
    }

    /** The same of one that is not to be asked. */
    Dispensable withoutGifts() {
        return new Dispensable(Optional.empty(), Set.of(), false, Winnings.NONE, leaving);
    }

    /**
     * More instances are kept than its owner wants, and nobody calls or some of them stand still.
     */
    private static boolean couldGive(
            @Nullable Container container,
            List<Seen> instances,
            Traffic traffic,
            Set<Phase> phases) {
        long kept = instances.stream().filter(seen -> KEPT.contains(seen.phase())).count();
        return container != null
                && (traffic.inFlight() + traffic.waiting() == 0
                        || phases.stream().anyMatch(Phase::isStill))
                && kept > container.service().minScale();
    }

    private static Set<Gift> gifts(Set<Phase> phases, boolean canSink) {
        Set<Gift> gifts = EnumSet.of(Gift.ROOM);
        if (canSink) {
            gifts.add(Gift.SINKABLE);
        }
        boolean sinks = phases.contains(Phase.SINKING);
        if (!sinks && phases.contains(Phase.FROZEN)) {
            gifts.add(Gift.RESIDENT);
        }
        if (!sinks && phases.contains(Phase.DEEP)) {
            gifts.add(Gift.DEEP);
        }
        return gifts;
    }
}
