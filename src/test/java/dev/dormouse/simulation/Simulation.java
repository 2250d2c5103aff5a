package dev.dormouse.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One run: a population, a policy, and so much time. */
public final class Simulation {
    /** Of the calls, of what they take, and of what the engine takes, each by itself. */
    private static final int CALLS = 101;

    private static final int SERVICES = 102;
    private static final int ENGINE = 103;

    private static final double SERVICE_SPREAD = 0.3;
    private static final double SERVICE_TIMES_MOST = 3;

    private final EventQueue queue = new EventQueue();
    private final Ledger ledger;
    private final List<Caller> callers = new ArrayList<>();
    private final long end;

    /**
     * What a run is made of.
     *
     * @param turns how many instances start at a time
     * @param unseen how much of the beginning the account leaves out
     */
    public record Setting(
            List<Profile> population,
            Costs costs,
            int turns,
            long seed,
            Duration unseen,
            Duration seen) {}

    public Simulation(Setting setting, Gate.Choice choice, Scaler.Policy policy) {
        this.ledger = new Ledger(setting.unseen().toNanos());
        this.end = setting.unseen().plus(setting.seen()).toNanos();
        Machine machine = new Machine(queue, setting.costs(), setting.turns());
        Scaler.Maker maker = policy.begin(queue, machine);
        for (Profile profile : setting.population()) {
            int number = profile.number();
            long seed = setting.seed();
            Gate gate =
                    new Gate(
                            queue,
                            setting.costs(),
                            ledger,
                            profile,
                            choice,
                            Scenario.random(seed, number, ENGINE));
            gate.attach(maker.scaler(profile, gate));
            callers.add(
                    new Caller(
                            profile,
                            gate,
                            Scenario.random(seed, number, CALLS),
                            Scenario.random(seed, number, SERVICES)));
        }
    }

    /** Runs to the end, once. */
    public Ledger run() {
        callers.forEach(Caller::next);
        queue.runUntil(end);
        for (Caller caller : callers) {
            for (Place place : List.copyOf(caller.gate.places())) {
                caller.gate.enter(place, place.state);
            }
        }
        ledger.counted(0, end);
        return ledger;
    }

    /** Requests that are neither answered nor refused at the end. */
    public long inside() {
        long sum = 0;
        for (Caller caller : callers) {
            sum += caller.gate.inFlight() + caller.gate.waiting();
        }
        return sum;
    }

    /** Calls one container again and again. */
    private static final class Caller implements EventQueue.Event {
        private final Gate gate;
        private final Rhythm rhythm;
        private final SplittableRandom calls;
        private final SplittableRandom services;
        private final double service;

        Caller(Profile profile, Gate gate, SplittableRandom calls, SplittableRandom services) {
            this.gate = gate;
            this.rhythm = profile.rhythm().apply(calls);
            this.calls = calls;
            this.services = services;
            this.service = profile.service().toNanos();
        }

        void next() {
            gate.queue().at(rhythm.after(gate.queue().now(), calls), this);
        }

        @Override
        public void happen() {
            double factor = Math.exp(SERVICE_SPREAD * services.nextGaussian());
            gate.call(1 + (long) (service * Math.min(SERVICE_TIMES_MOST, factor)));
            next();
        }
    }
}
