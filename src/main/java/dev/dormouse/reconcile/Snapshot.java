package dev.dormouse.reconcile;

import dev.dormouse.autoscale.Memory;
import dev.dormouse.engine.Instance;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Container;
import dev.dormouse.model.Traffic;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a container's last pass left to be read by others.
 *
 * @param idleSince since when it could do without an instance that it has; empty if it could not
 * @param canSink whether it has memory that may be pushed out, where there is something to push it
 *     to
 */
record Snapshot(Activity activity, Optional<Instant> idleSince, boolean canSink) {
    static final Snapshot NONE = new Snapshot(Activity.NONE, Optional.empty(), false);

    private static final Set<String> LEAVING = Set.of(Phase.DRAINING.word(), Phase.STOPPING.word());

    private static final Set<Phase> KEPT =
            EnumSet.of(
                    Phase.READY,
                    Phase.RESTING,
                    Phase.FREEZING,
                    Phase.FROZEN,
                    Phase.SINKING,
                    Phase.DEEP,
                    Phase.WAKING);

    private static final Set<String> STILL =
            Stream.of(Phase.values())
                    .filter(Phase::isStill)
                    .map(Phase::word)
                    .collect(Collectors.toUnmodifiableSet());

    /**
     * More instances are kept than its owner wants, and nobody calls or some of them stand still.
     */
    static Optional<Instant> idleSince(
            @Nullable Container container, Traffic traffic, List<Phase> phases, Memory memory) {
        long kept = phases.stream().filter(KEPT::contains).count();
        return container != null
                        && (traffic.inFlight() + traffic.waiting() == 0
                                || phases.stream().anyMatch(Phase::isStill))
                        && kept > container.service().minScale()
                ? Optional.of(memory.lastActive().orElse(Instant.EPOCH))
                : Optional.empty();
    }

    /** Whether any instance is known; without one there is nothing to look for on the engine. */
    boolean hasInstances() {
        return !activity.instances().isEmpty();
    }

    /** Whether any instance stands still with all of its memory. */
    boolean hasResident() {
        return activity.instances().stream()
                .anyMatch(view -> view.state().equals(Phase.FROZEN.word()));
    }

    /** Whether any instance stands still. */
    boolean hasFrozen() {
        return activity.instances().stream().anyMatch(view -> STILL.contains(view.state()));
    }

    /** Whether the memory of any is being pushed out. */
    boolean isSinking() {
        return activity.instances().stream()
                .anyMatch(view -> view.state().equals(Phase.SINKING.word()));
    }

    /** The instances that are on their way out. */
    Stream<String> leaving() {
        return activity.instances().stream()
                .filter(view -> LEAVING.contains(view.state()))
                .map(Activity.InstanceView::id);
    }

    /**
     * Whether a look at the engine tells nothing new: the same instances, and the same of them run.
     */
    boolean agreesWith(List<Instance> instances) {
        Map<String, Boolean> runs = new HashMap<>();
        for (Activity.InstanceView view : activity.instances()) {
            runs.put(view.id(), !view.state().equals(Phase.EXITED.word()));
        }
        return runs.size() == instances.size()
                && instances.stream()
                        .allMatch(one ->
                                Objects.equals(
                                        runs.get(one.id()),
                                        one.state() instanceof Instance.State.Running));
    }
}
