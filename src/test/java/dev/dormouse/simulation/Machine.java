package dev.dormouse.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Where instances start: so many at a time, and containers in turn, as {@code reconcile.FairShare}
 * gives them.
 */
public final class Machine {
    private final EventQueue queue;
    private final Costs costs;
    private final int turns;
    private final LinkedHashMap<Integer, Deque<Start>> waiting = new LinkedHashMap<>();
    private int taken;

    public Machine(EventQueue queue, Costs costs, int turns) {
        this.queue = queue;
        this.costs = costs;
        this.turns = turns;
    }

    /** One start; who does not need it any more gives it up. */
    public static final class Start {
        private final Profile profile;
        private final SplittableRandom random;
        private final Runnable ready;
        private boolean isGivenUp;

        private Start(Profile profile, SplittableRandom random, Runnable ready) {
            this.profile = profile;
            this.random = random;
            this.ready = ready;
        }

        /** It is not told when it is ready, and not begun if it still waits. */
        public void giveUp() {
            isGivenUp = true;
        }
    }

    public Costs costs() {
        return costs;
    }

    /**
     * Starts an instance as soon as it is its turn.
     *
     * @param ready told when it could take requests
     */
    public Start start(Profile profile, SplittableRandom random, Runnable ready) {
        Start start = new Start(profile, random, ready);
        waiting.computeIfAbsent(profile.number(), _ -> new ArrayDeque<>()).add(start);
        serve();
        return start;
    }

    private void serve() {
        while (taken < turns && !waiting.isEmpty()) {
            Map.Entry<Integer, Deque<Start>> first = waiting.firstEntry();
            Deque<Start> line = first.getValue();
            Start start = line.removeFirst();
            waiting.remove(first.getKey());
            if (!line.isEmpty()) {
                waiting.put(first.getKey(), line);
            }
            if (!start.isGivenUp) {
                begin(start);
            }
        }
    }

    private void begin(Start start) {
        taken++;
        queue.in(
                costs.start().draw(start.random),
                () -> {
                    taken--;
                    queue.in(start.profile.boot().toNanos(), () -> end(start));
                    serve();
                });
    }

    private static void end(Start start) {
        if (!start.isGivenUp) {
            start.ready.run();
        }
    }
}
