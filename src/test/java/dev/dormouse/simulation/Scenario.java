package dev.dormouse.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Which calls come to a population of containers. Where the figures come from says {@code
 * bench/simulate/README.md}.
 */
public enum Scenario {
    STEADY(0) {
        @Override
        Function<SplittableRandom, Rhythm> rhythm(SplittableRandom random) {
            double perDay = between(PER_DAY_LEAST, PER_DAY_MOST, random);
            return _ -> Rhythm.steady(perDay);
        }
    },
    DIURNAL(1) {
        @Override
        Function<SplittableRandom, Rhythm> rhythm(SplittableRandom random) {
            double perDay = between(PER_DAY_LEAST, PER_DAY_MOST, random);
            double phase = random.nextDouble(PHASE_FROM, PHASE_TO);
            return _ -> Rhythm.daily(perDay, DEPTH, phase);
        }
    },
    BURSTY(2) {
        @Override
        Function<SplittableRandom, Rhythm> rhythm(SplittableRandom random) {
            double perDay = between(1, BURSTS_MOST, random);
            double calls = between(2, BURST_CALLS_MOST, random);
            return _ -> Rhythm.bursts(perDay, calls, BURST_GAP);
        }

        @Override
        double serviceSecondsMost() {
            return BURST_SERVICE_SECONDS_MOST;
        }
    },
    CRON(3) {
        @Override
        Function<SplittableRandom, Rhythm> rhythm(SplittableRandom random) {
            Duration period = pick(random, 5, 10, 15, 30, 60, 60, 60, 360, 720, 1440);
            int calls = 1 + random.nextInt(BEAT_CALLS_MOST);
            return _ -> Rhythm.beat(period, Duration.ZERO, calls);
        }
    },
    MIX(4) {
        @Override
        Function<SplittableRandom, Rhythm> rhythm(SplittableRandom random) {
            double perDay = mixedPerDay(random.nextDouble(), random);
            double kind = random.nextDouble();
            double phase = random.nextDouble(PHASE_FROM, PHASE_TO);
            if (kind < TIMERS && perDay <= MINUTELY) {
                return timer(perDay);
            }
            if (kind < TIMERS + IRREGULAR && perDay > BURST_CALLS) {
                return irregular(perDay);
            }
            double depth = kind < TIMERS + IRREGULAR + FOLLOWS_DAY ? DEPTH : 0;
            return depth == 0
                    ? _ -> Rhythm.steady(perDay)
                    : _ -> Rhythm.daily(perDay, depth, phase);
        }
    };

    private static final double PER_DAY_LEAST = 6;
    private static final double PER_DAY_MOST = 1440;
    private static final double PHASE_FROM = 0.5;
    private static final double PHASE_TO = 0.75;
    private static final double DEPTH = 0.9;
    private static final double BURSTS_MOST = 48;
    private static final double BURST_CALLS_MOST = 100;
    private static final Duration BURST_GAP = Duration.ofMillis(100);
    private static final int BEAT_CALLS_MOST = 5;

    private static final double TIMERS = 0.16;
    private static final double IRREGULAR = 0.40;
    private static final double FOLLOWS_DAY = 0.22;
    private static final double BURST_CALLS = 5;
    private static final Duration MIX_GAP = Duration.ofSeconds(20);
    private static final double HOURLY = 24;
    private static final double MINUTELY = 1440;
    private static final double BUSY = 4320;
    private static final double BUSIEST = 86_400;
    private static final double UP_TO_HOURLY = 0.45;
    private static final double UP_TO_MINUTELY = 0.81;
    private static final double UP_TO_BUSY = 0.99;

    private static final double SERVICE_LOG_MEAN = -0.38;
    private static final double SERVICE_SIGMA = 2.36;
    private static final double SERVICE_SECONDS_LEAST = 0.001;
    private static final double SERVICE_SECONDS_MOST = 60;

    /** So that a burst fits into the most instances that there may be, and the line stays short. */
    private static final double BURST_SERVICE_SECONDS_MOST = 1;

    private static final double MEMORY_C = 11.652;
    private static final double MEMORY_K = 0.221;
    private static final double MEMORY_LAMBDA = 107.083;
    private static final double MEGABYTE = 1e6;
    private static final double[] LIMITS = {128, 256, 512, 1024, 2048, 4096};
    private static final int[] CONCURRENCIES = {1, 10, 10, 50, 50};
    private static final int MAX_SCALE = 20;
    private static final Duration[] BOOTS = {Duration.ofMillis(1), Duration.ofMillis(460)};

    /** Which chances are its own. */
    private final int purpose;

    Scenario(int purpose) {
        this.purpose = purpose;
    }

    abstract Function<SplittableRandom, Rhythm> rhythm(SplittableRandom random);

    double serviceSecondsMost() {
        return SERVICE_SECONDS_MOST;
    }

    /** So many containers; of the same seed the first are the same, however many there are. */
    public List<Profile> population(int count, long seed) {
        List<Profile> population = new ArrayList<>(count);
        for (int number = 0; number < count; number++) {
            population.add(profile(number, random(seed, number, purpose)));
        }
        return population;
    }

    /** Chances that belong to one container and one purpose. */
    static SplittableRandom random(long seed, int number, int purpose) {
        long mixed = seed * 0x9E3779B97F4A7C15L + number;
        return new SplittableRandom(new SplittableRandom(mixed).nextLong() + purpose);
    }

    private Profile profile(int number, SplittableRandom random) {
        double seconds = Math.exp(SERVICE_LOG_MEAN + SERVICE_SIGMA * random.nextGaussian());
        double service = Math.clamp(seconds, SERVICE_SECONDS_LEAST, serviceSecondsMost());
        long memory = memory(random.nextDouble());
        return new Profile(
                number,
                rhythm(random),
                Duration.ofNanos((long) (service * 1e9)),
                CONCURRENCIES[random.nextInt(CONCURRENCIES.length)],
                MAX_SCALE,
                memory,
                limit(memory),
                BOOTS[random.nextInt(BOOTS.length)]);
    }

    private static long memory(double chance) {
        double megabytes =
                MEMORY_LAMBDA * Math.pow(Math.pow(1 - chance, -1 / MEMORY_K) - 1, 1 / MEMORY_C);
        return (long) (MEGABYTE * Math.clamp(megabytes, 1, LIMITS[LIMITS.length - 1]));
    }

    private static long limit(long memory) {
        int at = 0;
        while (memory > LIMITS[at] * MEGABYTE) {
            at++;
        }
        return (long) (LIMITS[at] * MEGABYTE);
    }

    /** As rarely as published: up to once an hour, up to once a minute, and more. */
    private static double mixedPerDay(double rank, SplittableRandom random) {
        if (rank < UP_TO_HOURLY) {
            return between(1, HOURLY, random);
        }
        if (rank < UP_TO_MINUTELY) {
            return between(HOURLY, MINUTELY, random);
        }
        return rank < UP_TO_BUSY ? between(MINUTELY, BUSY, random) : between(BUSY, BUSIEST, random);
    }

    /** The full period of a crontab that comes nearest and is not longer. */
    private static Function<SplittableRandom, Rhythm> timer(double perDay) {
        long minutes = 1;
        for (long candidate : new long[] {5, 10, 15, 30, 60, 360, 720, 1440}) {
            minutes = candidate * perDay <= MINUTELY ? candidate : minutes;
        }
        Duration period = Duration.ofMinutes(minutes);
        return _ -> Rhythm.beat(period, Duration.ZERO, 1);
    }

    /** So many calls a day in small bursts. */
    private static Function<SplittableRandom, Rhythm> irregular(double perDay) {
        double spacing = Rhythm.DAY / perDay;
        double gap = Math.min((double) MIX_GAP.toNanos(), spacing / 4);
        double pause = BURST_CALLS * spacing - (BURST_CALLS - 1) * gap;
        return _ -> Rhythm.bursts(Rhythm.DAY / pause, BURST_CALLS, Duration.ofNanos((long) gap));
    }

    private static Duration pick(SplittableRandom random, int... minutes) {
        return Duration.ofMinutes(minutes[random.nextInt(minutes.length)]);
    }

    /** Evenly spread over the orders of magnitude. */
    private static double between(double least, double most, SplittableRandom random) {
        return least * Math.pow(most / least, random.nextDouble());
    }

    /** In words for a table. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
