package dev.dormouse.reconcile;

import dev.dormouse.config.Source;
import dev.dormouse.engine.Swap;
import dev.dormouse.simulation.EventQueue;
import java.util.Map;

/** What the loops of one simulated run share: a server, which has room for every start. */
final class SimulatedHost {
    private final ReconcileSettings settings;
    private final Swap swap;
    private final boolean plansAlways;
    private final Planner planner;
    private final FrozenMemory frozen;
    private final Eviction eviction;
    private final SimulatedSinker sinker;

    SimulatedHost(Map<String, String> given, Swap swap, boolean plansAlways, EventQueue queue) {
        this.swap = swap;
        this.plansAlways = plansAlways;
        Source source = new Source(given);
        settings = ReconcileSettings.from(source);
        source.check();
        planner = new Planner(settings.stopGrace(), settings.frozenFor());
        frozen = new FrozenMemory(settings.frozenMemory(), () -> Long.MAX_VALUE);
        eviction =
                new Eviction(
                        frozen,
                        new Eviction.Machine(this::hasSwap, () -> false),
                        _ -> false,
                        () -> SimulatedLoop.MIDNIGHT.plusNanos(queue.now()));
        sinker = new SimulatedSinker(queue);
    }

    ReconcileSettings settings() {
        return settings;
    }

    boolean hasSwap() {
        return swap != Swap.NONE;
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

    Eviction eviction() {
        return eviction;
    }

    SimulatedSinker sinker() {
        return sinker;
    }
}
