package dev.dormouse.engine;

import java.time.Instant;
import java.util.UUID;

/** One instance as the engine sees it. */
public record Instance(
        String id,
        UUID containerId,
        int revision,
        Instant createdAt,
        InstanceRuntime runtime,
        State state) {
    /** Whether its process stands still. */
    public boolean isFrozen() {
        return state instanceof State.Running running && running.frozen();
    }

    /** Whether its process runs, and what follows from that. */
    public sealed interface State {
        /**
         * Its process runs and can be reached here, once it listens.
         *
         * @param frozen whether it stands still, until it is thawed
         */
        record Running(String address, int port, boolean frozen) implements State {
            /** One that goes on. */
            public Running(String address, int port) {
                this(address, port, false);
            }
        }

        /**
         * Its process ended.
         *
         * @param exitCode 128 + the signal's number where a signal ended it
         * @param outOfMemory it was ended for going over its memory limit
         * @param outOfStorage it was ended for going over its limit of storage
         */
        record Exited(int exitCode, boolean outOfMemory, boolean outOfStorage) implements State {
            /** One that kept to its limit of storage. */
            public Exited(int exitCode, boolean outOfMemory) {
                this(exitCode, outOfMemory, false);
            }
        }
    }
}
