package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Refusal;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A guest's place in a waiting line. It is called or abandoned, whichever comes first, and never
 * both: so neither a place on an instance nor a guest is lost between two threads.
 */
final class Ticket {
    private enum State {
        WAITING,
        CALLED,
        ABANDONED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final Guest guest;
    private final Executor eventLoop;
    private final ContainerGate gate;
    private boolean servedByStart;

    Ticket(Guest guest, Executor eventLoop, ContainerGate gate) {
        this.guest = guest;
        this.eventLoop = eventLoop;
        this.gate = gate;
    }

    /** True for the one who may deliver to the guest now. */
    boolean call() {
        return state.compareAndSet(State.WAITING, State.CALLED);
    }

    /** True if the guest was still waiting. */
    boolean abandon() {
        return state.compareAndSet(State.WAITING, State.ABANDONED);
    }

    boolean isAbandoned() {
        return state.get() == State.ABANDONED;
    }

    /**
     * @param byStart whether the place is one that a start has just made
     */
    void admit(InstanceSlots instance, boolean byStart) {
        servedByStart = byStart;
        eventLoop.execute(() -> guest.admitted(instance));
    }

    void refuse(Refusal refusal) {
        eventLoop.execute(() -> guest.refused(refusal));
    }

    /** How much of a wait between the two was one for a start; for the guest. */
    long startNanos(long from, long to) {
        return gate.startNanos(from, to, servedByStart);
    }
}
