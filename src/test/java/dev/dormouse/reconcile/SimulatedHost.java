package dev.dormouse.reconcile;

import dev.dormouse.config.Source;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What the loops of one simulated run share. Asks the container that was idle longest to give up
 * what stands still, as {@link Eviction} does, but finds it in an order that is kept.
 */
final class SimulatedHost {
    private final ReconcileSettings settings;
    private final Planner planner;
    private final FrozenMemory frozen;
    private final Map<SimulatedLoop, Idle> idle = new HashMap<>();
    private final TreeSet<Idle> idlest =
            new TreeSet<>(
                    Comparator.comparing(Idle::since).thenComparingInt(one -> one.loop().number()));

    private final boolean plansAlways;

    private record Idle(Instant since, SimulatedLoop loop) {}

    SimulatedHost(Map<String, String> given, boolean plansAlways) {
        this.plansAlways = plansAlways;
        Source source = new Source(given);
        settings = ReconcileSettings.from(source);
        source.check();
        planner = new Planner(settings.stopGrace(), settings.frozenFor());
        frozen = new FrozenMemory(settings.frozenMemory(), () -> Long.MAX_VALUE);
    }

    ReconcileSettings settings() {
        return settings;
    }

    boolean plansAlways() {
        return plansAlways;
    }

    Planner planner() {
        return planner;
    }

    FrozenMemory frozen() {
        return frozen;
    }

    /** Something of the container stands still, and it could do without since then. */
    void stands(SimulatedLoop loop, Optional<Instant> since) {
        Idle before = idle.get(loop);
        if (before != null && since.filter(before.since()::equals).isPresent()) {
            return;
        }
        if (before != null) {
            idle.remove(loop);
            idlest.remove(before);
        }
        since.ifPresent(at -> {
            Idle now = new Idle(at, loop);
            idle.put(loop, now);
            idlest.add(now);
        });
    }

    /** An instance is on its way out. */
    void left(SimulatedLoop loop, boolean forOthers) {
        if (forOthers) {
            loop.gate().ledger().evicted(loop.gate().queue().now());
        }
    }

    /** After each pass, as the server does. */
    void passed() {
        if (frozen.isExceeded() && !idlest.isEmpty()) {
            SimulatedLoop loop = idlest.getFirst().loop();
            loop.yielding().askForFrozen();
            loop.soon();
        }
    }
}
