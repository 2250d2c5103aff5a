package dev.dormouse.engine;

import java.time.Instant;
import java.util.UUID;

/** One instance as the engine sees it. */
public record Instance(String id, UUID containerId, int revision, Instant createdAt, State state) {
    /** Whether its process runs, and what follows from that. */
    public sealed interface State {
        /** Its process runs and can be reached here, once it listens. */
        record Running(String address, int port) implements State {}

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
