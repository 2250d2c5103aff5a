package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Refusal;
import dev.dormouse.model.Route;
import dev.dormouse.model.Route.Target;
import dev.dormouse.model.Traffic;
import dev.dormouse.model.Waker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gate of one container: gives each request a place on its least loaded instance, or holds it
 * in a bounded line until there is one. Shared by all event loops; requests take no lock here, only
 * the publishing of routes does.
 */
final class ContainerGate {
    /** What requests see of the route; swapped whole. */
    private record Live(
            Route route,
            List<InstanceSlots> instances,
            int most,
            boolean withdrawn,
            Wakefulness wakefulness) {}

    private final int connectionsMax;
    private final LongSupplier nanos;
    private final Runnable poke;
    private final Waker waker;
    private final Meters meters;
    private final Map<Target, InstanceSlots> known = new ConcurrentHashMap<>();
    private final WaitingLine line = new WaitingLine();
    private final Need need = new Need();
    private final AtomicLong arrived = new AtomicLong();

    /** How many of those that arrived were told of. */
    private final AtomicLong told = new AtomicLong();

    private final RetryBudget retries = new RetryBudget(arrived::get);
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger dispatches = new AtomicInteger();
    private volatile Live live;

    /** Whether there were instances at the last look at the line; the dispatching thread's own. */
    private boolean lookedAwake;

    ContainerGate(
            Route route,
            Meters meters,
            int connectionsMax,
            LongSupplier nanos,
            Runnable poke,
            Waker waker) {
        this.waker = waker;
        this.meters = meters;
        this.connectionsMax = connectionsMax;
        this.nanos = nanos;
        this.poke = poke;
        this.live = liveOf(route, new Wakefulness(isAwake(route), nanos.getAsLong()));
    }

    private static boolean isAwake(Route route) {
        return !route.instances().isEmpty();
    }

    /** Whether a request would have to wake it. */
    boolean isAsleep() {
        Live now = live;
        return now.route.unavailable().isEmpty()
                && now.instances.stream().allMatch(InstanceSlots::isAsleep);
    }

    Meters meters() {
        return meters;
    }

    Route route() {
        return live.route;
    }

    boolean isWithdrawn() {
        return live.withdrawn;
    }

    /** No longer in any table and nobody inside. */
    boolean isForgettable() {
        return live.withdrawn && need.now() == 0;
    }

    /** A new request comes in; it must {@link #leave} whenever it was admitted or held. */
    void arrive(Guest guest, Executor eventLoop) {
        arrived.incrementAndGet();
        meters.watch(this);
        ask(guest, eventLoop, true);
    }

    /** A request that has lost its instance before it was sent comes back for another. */
    void comeBack(Guest guest, Executor eventLoop) {
        ask(guest, eventLoop, false);
    }

    private void ask(Guest guest, Executor eventLoop, boolean isNew) {
        InstanceSlots free = line.size() == 0 ? takeFree() : null;
        if (free != null) {
            if (isNew) {
                need.more();
            }
            guest.admitted(free);
            return;
        }
        Live now = live;
        Refusal refusal = refusalOf(now);
        if (refusal != null) {
            guest.refused(refusal);
            return;
        }
        Ticket ticket = new Ticket(guest, eventLoop, this);
        if (!line.join(ticket, now.route.queueDepthMax())) {
            guest.refused(Words.queueFull(now.route.queueDepthMax()));
            return;
        }
        if (isNew) {
            need.more();
        }
        guest.held(ticket);
        poke.run();
        dispatch();
    }

    /** A request that was admitted or held has ended. */
    void leave() {
        need.less();
    }

    /** The guest gives up waiting; false if it has been called already. */
    boolean abandon(Ticket ticket) {
        boolean waited = line.abandon(ticket);
        if (line.wantsSweep()) {
            dispatch();
        }
        return waited;
    }

    /** A place is handed back. */
    void release(InstanceSlots instance) {
        instance.release();
        if (line.size() > 0) {
            dispatch();
        }
    }

    /** Whether a request may be tried again, which then counts as tried. */
    boolean mayRetry() {
        return retries.take();
    }

    /** An instance cannot be reached; the caller dispatches again when the time has passed. */
    long setAside(InstanceSlots instance) {
        long millis = instance.setAside(nanos.getAsLong()).toMillis();
        poke.run();
        return millis;
    }

    /** Puts the route in place and serves the line with it; an older one is ignored. */
    void publish(Route route) {
        synchronized (known) {
            if (live.withdrawn || route.version() < live.route.version()) {
                return;
            }
            live = liveOf(route, live.wakefulness.next(isAwake(route), nanos.getAsLong()));
            retireOthers(new HashSet<>(route.instances()));
        }
        dispatch();
    }

    /** Whoever waits is told that the host is unknown; requests on instances go on. */
    void withdraw() {
        synchronized (known) {
            live = new Live(live.route, List.of(), 0, true, live.wakefulness);
            retireOthers(Set.of());
        }
        meters.remove();
        dispatch();
    }

    Traffic read() {
        Map<String, Integer> perInstance = inFlightByInstance();
        int inFlight = perInstance.values().stream().mapToInt(Integer::intValue).sum();
        int waiting = line.size();
        int peak = Math.max(need.takePeak(), inFlight + waiting);
        long all = arrived.get();
        return new Traffic(inFlight, waiting, peak, all - told.getAndSet(all), perInstance);
    }

    Map<String, Integer> inFlightByInstance() {
        Map<String, Integer> perInstance = new HashMap<>();
        for (InstanceSlots instance : known.values()) {
            int on = instance.inFlight();
            if (on > 0) {
                perInstance.merge(instance.target().instanceId(), on, Integer::sum);
            }
        }
        return perInstance;
    }

    /** How much of a wait between the two was one for a start. */
    long startNanos(long from, long to, boolean endedByStart) {
        return live.wakefulness.startNanos(from, to, endedByStart);
    }

    int inFlight() {
        return known.values().stream().mapToInt(InstanceSlots::inFlight).sum();
    }

    int waiting() {
        return line.size();
    }

    /**
     * Gives what is free to those who wait longest. Whoever comes while another thread is at it
     * makes that thread look once more, so nobody waits for a lock and no place is overlooked.
     */
    void dispatch() {
        if (dispatches.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            if (line.wantsSweep()) {
                line.sweep();
            }
            boolean awake = live.wakefulness.isAwake();
            callWaiting(awake && !lookedAwake);
            lookedAwake = awake;
            seen = dispatches.addAndGet(-seen);
        } while (seen > 0);
    }

    private void callWaiting(boolean wokenJustNow) {
        for (Ticket first = line.first(); first != null; first = line.first()) {
            InstanceSlots free = takeFree();
            Refusal refusal = free == null ? refusalOf(live) : null;
            if (free == null && refusal == null) {
                return;
            }
            boolean called = line.callFirst(first);
            if (free != null && called) {
                first.admit(free, wokenJustNow);
            } else if (free != null) {
                free.release();
            } else if (refusal != null && called) {
                first.refuse(refusal);
            }
        }
    }

    private @Nullable InstanceSlots takeFree() {
        Live now = live;
        long time = nanos.getAsLong();
        InstanceSlots best = leastLoaded(now, time);
        while (best != null && !best.take(now.most)) {
            now = live;
            best = leastLoaded(now, time);
        }
        return best;
    }

    private @Nullable InstanceSlots leastLoaded(Live now, long time) {
        List<InstanceSlots> all = now.instances;
        int start = all.size() > 1 ? turn.getAndIncrement() & Integer.MAX_VALUE : 0;
        InstanceSlots best = null;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < all.size(); i++) {
            InstanceSlots one = all.get((start + i) % all.size());
            int on = one.inFlight();
            int weight = one.isSuspect(time) || one.isAsleep() ? on + now.most : on;
            if (on < now.most && weight < least && !one.isRetired() && !one.isAside(time)) {
                best = one;
                least = weight;
            }
        }
        return best;
    }

    private static @Nullable Refusal refusalOf(Live live) {
        if (live.withdrawn) {
            return Words.unknownHost(live.route.host());
        }
        return live.route.unavailable().map(Words::unavailable).orElse(null);
    }

    private Live liveOf(Route route, Wakefulness wakefulness) {
        List<InstanceSlots> instances =
                route.instances().stream()
                        .map(target -> slots(target, route.frozen().contains(target.instanceId())))
                        .toList();
        int most = Math.min(route.instanceConcurrency(), connectionsMax);
        return new Live(route, instances, most, false, wakefulness);
    }

    /**
     * One that serves, or has requests still, is awake whatever the route says: a request may have
     * woken it since that was made. One that had left comes back as the route says.
     */
    private InstanceSlots slots(Target target, boolean asleep) {
        InstanceSlots before = known.get(target);
        if (before == null || (asleep && before.isRetiredAndEmpty())) {
            InstanceSlots fresh =
                    new InstanceSlots(
                            target,
                            asleep,
                            () -> waker.wake(live.route.containerId(), target.instanceId()));
            known.put(target, fresh);
            return fresh;
        }
        before.revive();
        if (!asleep) {
            before.isWoken();
        }
        return before;
    }

    private void retireOthers(Set<Target> stay) {
        known.values().stream()
                .filter(instance -> !stay.contains(instance.target()))
                .forEach(InstanceSlots::retire);
        known.values().removeIf(InstanceSlots::isRetiredAndEmpty);
    }
}
