package dev.dormouse.reconcile;

import dev.dormouse.model.Probe;
import dev.dormouse.model.Workload;
import java.util.Optional;

/** Asks an instance once whether it is well; blocks at most for the probe's timeout. */
interface HealthCheck {
    /** Empty when it is, else why not. */
    Optional<String> failure(Probe probe, String address, int port, Workload workload);
}
