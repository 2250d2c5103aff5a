package dev.dormouse.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the control loop is doing for one container, in words for people; {@code dormouse status}
 * shows it.
 *
 * @param because why as many instances run as do
 * @param steps the newest decisions, oldest first, each with its reason
 */
public record Activity(List<InstanceView> instances, String because, List<String> steps) {
    /** Nothing is known of it yet. */
    public static final Activity NONE = new Activity(List.of(), "", List.of());

    /**
     * One instance as the loop sees it: {@code starting}, {@code ready}, {@code draining} or {@code
     * exited}.
     *
     * @param runtime what it runs under, as the engine calls it; empty until that is known
     * @param freezesDirectly whether it bears to be frozen, and woken, without the engine
     */
    public record InstanceView(
            String id,
            int revision,
            String state,
            Instant since,
            int inFlight,
            String runtime,
            boolean freezesDirectly) {}

    /** The same with the requests in flight as given by instance id, absent meaning none. */
    public Activity counting(Map<String, Integer> inFlight) {
        return new Activity(
                instances.stream()
                        .map(one ->
                                new InstanceView(
                                        one.id,
                                        one.revision,
                                        one.state,
                                        one.since,
                                        inFlight.getOrDefault(one.id, 0),
                                        one.runtime,
                                        one.freezesDirectly))
                        .toList(),
                because,
                steps);
    }

    public Activity {
        instances = List.copyOf(instances);
        steps = List.copyOf(steps);
    }
}
