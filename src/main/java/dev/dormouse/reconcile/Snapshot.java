package dev.dormouse.reconcile;

import dev.dormouse.engine.Instance;
import dev.dormouse.model.Activity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a container's last pass left to be read by others. */
record Snapshot(Activity activity, Dispensable dispensable) {
    static final Snapshot NONE = new Snapshot(Activity.NONE, Dispensable.NOTHING);

    /** Whether any instance is known; without one there is nothing to look for on the engine. */
    boolean hasInstances() {
        return !activity.instances().isEmpty();
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
