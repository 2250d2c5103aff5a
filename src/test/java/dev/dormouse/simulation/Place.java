package dev.dormouse.simulation;

/** One instance, as the gate and the account see it; changed by them alone. */
public final class Place {
    /** What it costs now. */
    public enum State {
        /** Has processes that may run, or is to have them soon. */
        AWAKE,
        /** Holds memory, and nothing else. */
        FROZEN,
        /** Holds a part of that. */
        DEEP,
        /** Costs nothing any more. */
        GONE
    }

    private final String id;
    State state = State.AWAKE;
    long since;
    boolean isRouted;
    boolean isAsleep;
    boolean isLeaving;
    int inFlight;
    long readyAt = EventQueue.NEVER;
    long awakeAt;
    long usedAt;

    Place(String id, long since) {
        this.id = id;
        this.since = since;
    }

    public String id() {
        return id;
    }

    public int inFlight() {
        return inFlight;
    }

    /** Whether it is to go, and takes no more requests. */
    public boolean isLeaving() {
        return isLeaving;
    }

    /** Whether requests may come to it. */
    public boolean isRouted() {
        return isRouted;
    }
}
