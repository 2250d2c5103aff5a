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
public record Costs(Spread start, Spread thaw, Duration freeze, Duration stop, Deep deep) {
    /** Of the 99th percentile of a normal distribution. */
    private static final double DEVIATIONS_99 = 2.3263;

    /** As measured. */
    public static final Costs MEASURED =
            new Costs(
                    new Spread(198, 245),
                    new Spread(5.26, 17.19),
                    Duration.ofNanos(300_000),
                    Duration.ofMillis(100),
                    new Deep(
                            154L << 20, Duration.ofMillis(227), Duration.ofNanos(11_500_000), 0.5));

    /**
     * What it is to have memory pushed out.
     *
     * @param bytes how much memory was measured
     * @param pushOut what the kernel took for it; the server lets it work half of the time
     * @param more what a waking takes longer
     * @param share how much of its memory is still held
     */
    public record Deep(long bytes, Duration pushOut, Duration more, double share) {
        /** Until so much memory is pushed out. */
        public long pushOutNanos(long memory) {
            return (long) (2.0 * pushOut.toNanos() * memory / bytes);
        }

        /** What so much memory still holds then. */
        public long held(long memory) {
            return (long) (share * memory);
        }
    }

    /** Durations in milliseconds that are spread as a log-normal distribution. */
    public record Spread(double median, double percentile99) {
        /** One of them, in nanoseconds. */
        public long draw(RandomGenerator random) {
            double deviation = Math.log(percentile99 / median) / DEVIATIONS_99;
            return (long) (1e6 * median * Math.exp(deviation * random.nextGaussian()));
        }
    }
}
