package dev.dormouse.autoscale;

import java.util.Optional;

/**
 * How many instances are needed so that each uses on average what its owner wants. The rule is that
 * of Kubernetes' horizontal autoscaler: an instance without a figure counts as if it used nothing
 * where there should be more, and as if it used what is wanted where there could be fewer, so that
 * what is not known never makes the change larger.
 */
final class Measure {
    /** What is left of a number that should be whole, after it went through fractions. */
    private static final double ROUNDING = 1e-9;

    private static final double PERCENT = 100;

    private Measure() {}

    /** Empty when there is nothing to measure, for nothing is awake. */
    static Optional<Need> need(
            String what, int wanted, Optional<Observation.Use> use, int awake, Scale.Pace pace) {
        if (awake == 0) {
            return Optional.empty();
        }
        return Optional.of(
                use.<Need>map(average ->
                                new Need.Measured(
                                        what,
                                        average,
                                        wanted,
                                        instances(average, wanted, awake, pace)))
                        .orElseGet(() -> new Need.Unmeasured(what, awake)));
    }

    /** Never so much that a use of all there is would be borne. */
    private static double tolerance(int wanted, Scale.Pace pace) {
        return Math.min(pace.tolerancePercent(), PERCENT * (PERCENT - wanted) / wanted / 2);
    }

    private static int instances(Observation.Use use, int wanted, int awake, Scale.Pace pace) {
        int unknown = Math.max(0, awake - use.instances());
        boolean up = use.percent() > wanted;
        double needed = use.instances() * use.percent() / wanted + (up ? 0 : unknown);
        double tolerated =
                awake * (up ? tolerance(wanted, pace) : pace.tolerancePercent()) / PERCENT;
        boolean stays = up ? needed <= awake + tolerated : needed >= awake - tolerated;
        int instances = stays ? awake : (int) Math.ceil(needed - ROUNDING);
        return Math.min(instances, awake * Math.max(1, pace.growth()));
    }
}
