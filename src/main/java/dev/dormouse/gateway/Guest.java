package dev.dormouse.gateway;

import dev.dormouse.gateway.Passage.Refusal;

/** Who asks a gate for an instance. It is called on its own event loop, once per ask. */
interface Guest {
    /** The place on this instance is the guest's until it hands it back to the gate. */
    void admitted(InstanceSlots instance);

    /** There will be no place. */
    void refused(Refusal refusal);

    /** The guest is in the line; it is called later, unless it abandons the ticket. */
    void held(Ticket ticket);
}
