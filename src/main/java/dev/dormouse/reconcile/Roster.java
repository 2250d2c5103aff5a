package dev.dormouse.reconcile;

import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Route;
import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The instances of one container, as far as they are known. Used by the container's pass alone. */
final class Roster {
    private final Map<String, Tracked> tracked = new LinkedHashMap<>();

    boolean isEmpty() {
        return tracked.isEmpty();
    }

    void add(Tracked one) {
        tracked.put(one.id, one);
    }

    Optional<Tracked> find(String id) {
        return Optional.ofNullable(tracked.get(id));
    }

    Optional<Tracked> remove(String id) {
        return Optional.ofNullable(tracked.remove(id));
    }

    Collection<Tracked> all() {
        return Collections.unmodifiableCollection(tracked.values());
    }

    /** Every instance in the planner's eyes. */
    List<Seen> seen(Traffic traffic) {
        return tracked.values().stream()
                .map(one ->
                        new Seen(
                                one.id,
                                one.revision,
                                one.phase(),
                                one.since(),
                                traffic.on(one.id),
                                one.residentUntil()))
                .toList();
    }

    /** The revision's instances that take requests and do not stand still. */
    List<Tracked> ready(int revision) {
        return tracked.values().stream()
                .filter(one -> one.revision == revision && one.phase() == Phase.READY)
                .toList();
    }

    /** Whether the engine is freezing any. */
    boolean isFreezing() {
        return tracked.values().stream().anyMatch(one -> one.phase() == Phase.FREEZING);
    }

    /** Where the revision's instances take requests: the ready ones, and those to be woken. */
    List<Route.Target> targets(int revision) {
        List<Route.Target> targets = new ArrayList<>();
        for (Tracked one : tracked.values()) {
            if (one.revision == revision && (one.phase() == Phase.READY || one.isAsleep())) {
                one.at()
                        .ifPresent(at ->
                                targets.add(new Route.Target(one.id, at.address(), at.port())));
            }
        }
        return targets;
    }

    /** Those among the targets that must be woken first. */
    Set<String> asleep(int revision) {
        return tracked.values().stream()
                .filter(one -> one.revision == revision && one.isAsleep())
                .map(one -> one.id)
                .collect(Collectors.toSet());
    }

    /**
     * What people are told.
     *
     * @param ahead how far their clock is ahead of the one that decisions are made by
     */
    List<Activity.InstanceView> views(Traffic traffic, Duration ahead) {
        return tracked.values().stream()
                .map(one ->
                        new Activity.InstanceView(
                                one.id,
                                one.revision,
                                one.phase().word(),
                                one.since().plus(ahead),
                                traffic.on(one.id),
                                one.runtime().map(InstanceRuntime::name).orElse(""),
                                one.runtime().map(InstanceRuntime::bearsFreezing).orElse(true)))
                .toList();
    }

    /** Whether the memory of any could be pushed out now. */
    boolean canSink(Instant now) {
        return tracked.values().stream().anyMatch(one -> one.canSink(now));
    }

    /**
     * What pushing memory out may win, or won.
     *
     * @param maySink whether any of it may be pushed out that is not being pushed out already
     */
    Winnings winnings(long limit, boolean maySink, Instant now) {
        return tracked.values().stream()
                .map(one -> one.winnings(limit, maySink, now))
                .reduce(Winnings.NONE, Winnings::plus);
    }

    /**
     * Bytes that those hold which stand still: by their limit, and by what was measured if deep.
     */
    long held(long limit) {
        return tracked.values().stream().mapToLong(one -> one.held(limit)).sum();
    }

    /** How many instances do not stand still yet, but may when they are not needed. */
    long moving() {
        return tracked.values().stream().filter(one -> one.phase().isMoving()).count();
    }

    /** How many instances of the revision serve or are on their way to. */
    int active(int revision) {
        return (int)
                tracked.values().stream()
                        .filter(one -> one.revision == revision)
                        .filter(one -> one.phase().isActive())
                        .count();
    }
}
