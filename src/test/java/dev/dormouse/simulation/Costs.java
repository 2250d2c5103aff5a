package dev.dormouse.simulation;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * What an engine takes for what is asked of it. Where the figures come from says {@code
 * bench/simulate/README.md}.
 *
 * @param start until a process runs; a turn to start is held for it
 * @param thaw from the request that wakes an instance until it is worked on
 */
public record Costs(Spread start, Spread thaw, Duration freeze, Duration stop) {
    /** Of the 99th percentile of a normal distribution. */
    private static final double DEVIATIONS_99 = 2.3263;

    /** As measured. */
    public static final Costs MEASURED =
            new Costs(
                    new Spread(198, 245),
                    new Spread(5.26, 17.19),
                    Duration.ofNanos(300_000),
                    Duration.ofMillis(100));

    /** Durations in milliseconds that are spread as a log-normal distribution. */
    public record Spread(double median, double percentile99) {
        /** One of them, in nanoseconds. */
        public long draw(RandomGenerator random) {
            double deviation = Math.log(percentile99 / median) / DEVIATIONS_99;
            return (long) (1e6 * median * Math.exp(deviation * random.nextGaussian()));
        }
    }
}
