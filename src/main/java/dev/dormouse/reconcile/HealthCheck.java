package dev.dormouse.reconcile;

import dev.dormouse.model.Probe;
import dev.dormouse.model.Workload;
import java.util.Optional;

/** Asks an instance once whether it is well; blocks at most for the probe's timeout. */
interface HealthCheck {
    /**
     * What is wrong with an instance.
     *
     * @param listens whether it took the connection all the same
     */
    record Ailment(String words, boolean listens) {
        /** Nobody took the connection. */
        static Optional<Ailment> deaf(String words) {
            return Optional.of(new Ailment(words, false));
        }

        /** What took the connection is not well. */
        static Optional<Ailment> unwell(String words) {
            return Optional.of(new Ailment(words, true));
        }
    }

    /** Empty when it is, else why not. */
    Optional<Ailment> ailment(Probe probe, String address, int port, Workload workload);
}
