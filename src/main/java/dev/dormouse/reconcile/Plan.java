package dev.dormouse.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What to do now.
 *
 * @param reviewAt when to plan again though nothing was heard meanwhile
 */
record Plan(List<Step> steps, Optional<Instant> reviewAt) {
    Plan {
        steps = List.copyOf(steps);
    }
}
