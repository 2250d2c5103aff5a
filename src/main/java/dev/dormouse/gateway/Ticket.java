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

    Ticket(Guest guest, Executor eventLoop) {
        this.guest = guest;
        this.eventLoop = eventLoop;
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

    void admit(InstanceSlots instance) {
        eventLoop.execute(() -> guest.admitted(instance));
    }

    void refuse(Refusal refusal) {
        eventLoop.execute(() -> guest.refused(refusal));
    }
}
