package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Refusal;
import io.vertx.core.Context;
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
    private final Context context;

    Ticket(Guest guest, Context context) {
        this.guest = guest;
        this.context = context;
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
        context.runOnContext(_ -> guest.admitted(instance));
    }

    void refuse(Refusal refusal) {
        context.runOnContext(_ -> guest.refused(refusal));
    }
}
