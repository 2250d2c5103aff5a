package dev.dormouse.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * After what Knative Serving documents of its pod autoscaler, with its defaults: the average
 * concurrency of a stable window, and of a panic window once that asks for twice what there is; a
 * target of a part of the hard limit; the last instance goes a grace period after a stable window
 * without requests. A look every two seconds, and at once when something waits while there is
 * nothing.
 */
final class KnativeScaler implements Scaler {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long TICK = 2 * SECOND;
    private static final int STABLE_SECONDS = 60;
    private static final int PANIC_SECONDS = 6;
    private static final double PANIC_THRESHOLD = 2.0;
    private static final double TARGET_SHARE = 0.7;
    private static final double SCALE_DOWN_RATE = 2.0;
    private static final long GRACE = 30 * SECOND;

    private final Profile profile;
    private final Gate gate;
    private final Machine machine;
    private final double target;
    private final Moment tick;
    private final Concurrency concurrency = new Concurrency(STABLE_SECONDS);
    private final List<Place> starting = new ArrayList<>(1);
    private long panicAt = EventQueue.NEVER;
    private int panicMost;
    private long idleAt = EventQueue.NEVER;

    private KnativeScaler(Profile profile, Gate gate, Machine machine) {
        this.profile = profile;
        this.gate = gate;
        this.machine = machine;
        this.target = TARGET_SHARE * profile.requestsPerInstance();
        this.tick = new Moment(gate.queue(), this::look);
    }

    static Policy policy() {
        return (_, machine) -> (profile, gate) -> new KnativeScaler(profile, gate, machine);
    }

    @Override
    public void waits() {
        count();
        if (gate.staying() == 0) {
            start(1);
        }
        tick.set(nextTick());
    }

    @Override
    public void enters() {
        count();
        tick.set(nextLook());
    }

    @Override
    public void leaves(Place place) {
        count();
        if (place.isLeaving() && place.inFlight() == 0) {
            end(place);
        }
    }

    private void count() {
        concurrency.becomes(gate.inFlight() + gate.waiting(), gate.queue().now());
    }

    private long nextTick() {
        return tickFrom(gate.queue().now() + 1);
    }

    /** Each container has a beat of its own. */
    private long tickFrom(long time) {
        long phase = profile.number() * 7919L % 2000 * (SECOND / 1000);
        long least = Math.max(time, gate.queue().now() + 1);
        return least + Math.floorMod(phase - least, TICK);
    }

    /**
     * While no more requests than the target were inside for as long as is remembered, every look
     * between now and then would find that one instance is enough.
     */
    private long nextLook() {
        boolean isCalm =
                panicAt == EventQueue.NEVER
                        && idleAt == EventQueue.NEVER
                        && gate.staying() == 1
                        && starting.isEmpty()
                        && concurrency.most() <= target
                        && gate.inFlight() <= target;
        return isCalm ? tickFrom(concurrency.lastInside() + STABLE_SECONDS * SECOND) : nextTick();
    }

    private void look() {
        count();
        if (gate.staying() == 0 && gate.waiting() == 0) {
            return;
        }
        int ready = Math.max(1, gate.staying() - starting.size());
        double stable = concurrency.average(STABLE_SECONDS);
        int wantedStable = wanted(stable, ready);
        int wantedPanic = wanted(concurrency.average(PANIC_SECONDS), ready);
        int wanted = panicking(wantedStable, wantedPanic, ready);
        scaleTo(graced(Math.min(wanted, profile.maxScale()), stable));
        tick.set(nextLook());
    }

    private int wanted(double average, int ready) {
        double least = Math.floor(ready / SCALE_DOWN_RATE);
        return (int) Math.max(Math.ceil(average / target), least);
    }

    /** In panic there is no way down. */
    private int panicking(int wantedStable, int wantedPanic, int ready) {
        long now = gate.queue().now();
        boolean isOver =
                Math.ceil(concurrency.average(PANIC_SECONDS) / target) / ready >= PANIC_THRESHOLD;
        if (isOver) {
            panicAt = now;
        } else if (panicAt != EventQueue.NEVER && now - panicAt > STABLE_SECONDS * SECOND) {
            panicAt = EventQueue.NEVER;
            panicMost = 0;
        }
        if (panicAt == EventQueue.NEVER) {
            return wantedStable;
        }
        panicMost = Math.max(panicMost, Math.max(wantedStable, wantedPanic));
        return panicMost;
    }

    /** The last one stays for the grace period. */
    private int graced(int wanted, double stable) {
        long now = gate.queue().now();
        if (stable > 0) {
            idleAt = EventQueue.NEVER;
            return Math.max(1, wanted);
        }
        idleAt = Math.min(idleAt, now);
        return now - idleAt < GRACE ? Math.max(1, wanted) : 0;
    }

    private void scaleTo(int wanted) {
        int has = gate.staying();
        if (has < wanted) {
            start(wanted - has);
        } else if (has > wanted) {
            gate.places().stream()
                    .filter(place -> !place.isLeaving() && place.isRouted())
                    .sorted(Comparator.comparingInt(Place::inFlight))
                    .limit(has - wanted)
                    .toList()
                    .forEach(this::stop);
        }
        if (wanted == 0) {
            idleAt = EventQueue.NEVER;
            concurrency.forget();
        }
    }

    private void start(int count) {
        for (int i = 0; i < count; i++) {
            Place place = gate.add();
            starting.add(place);
            machine.start(
                    profile,
                    gate.random(),
                    () -> {
                        starting.remove(place);
                        gate.open(place);
                        count();
                    });
        }
    }

    private void stop(Place place) {
        gate.leave(place);
        if (place.inFlight() == 0) {
            end(place);
        }
    }

    private void end(Place place) {
        gate.queue()
                .in(machine.costs().stop().toNanos(), () -> gate.enter(place, Place.State.GONE));
    }
}
