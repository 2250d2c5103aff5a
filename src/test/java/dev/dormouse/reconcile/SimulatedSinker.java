package dev.dormouse.reconcile;

import dev.dormouse.simulation.EventQueue;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/** Pushes memory out, one instance after another, as {@link Sinker} does. */
final class SimulatedSinker {
    private final EventQueue queue;
    private final Queue<Push> line = new ArrayDeque<>();
    private boolean isBusy;

    private record Push(BooleanSupplier isWanted, long nanos, Runnable over) {}

    SimulatedSinker(EventQueue queue) {
        this.queue = queue;
    }

    /**
     * Whether it will be done.
     *
     * @param isWanted asked when its turn has come: whoever was woken meanwhile is passed over
     */
    boolean takes(BooleanSupplier isWanted, long nanos, Runnable over) {
        if (line.size() >= Sinker.WAITING_MOST) {
            return false;
        }
        line.add(new Push(isWanted, nanos, over));
        if (!isBusy) {
            next();
        }
        return true;
    }

    private void next() {
        Push push = line.poll();
        isBusy = push != null;
        if (push != null) {
            queue.in(
                    push.isWanted.getAsBoolean() ? push.nanos : 0,
                    () -> {
                        push.over.run();
                        next();
                    });
        }
    }
}
