package dev.dormouse.reconcile;

import dev.dormouse.engine.Instance;
import dev.dormouse.model.Activity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What a container's last pass left to be read by others. */
record Snapshot(Activity activity, Dispensable dispensable) {
    static final Snapshot NONE = new Snapshot(Activity.NONE, Dispensable.NOTHING);

    private static final Set<String> COMING_UP =
            Set.of(Phase.STARTING.word(), Phase.PREPARING.word());

    /** Whether any instance is known; without one there is nothing to look for on the engine. */
    boolean hasInstances() {
        return !activity.instances().isEmpty();
    }

    /** Whether any instance has not been ready yet. */
    boolean isComingUp() {
        return activity.instances().stream().anyMatch(view -> COMING_UP.contains(view.state()));
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
