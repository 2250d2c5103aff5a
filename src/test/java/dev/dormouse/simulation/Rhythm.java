package dev.dormouse.simulation;

import java.time.Duration;
import java.util.SplittableRandom;

/** When a container is called. */
public interface Rhythm {
    /** The time of the first call after that time, which is that of the call before. */
    long after(long time, SplittableRandom random);

    /** At any time alike, so often a day. */
    static Rhythm steady(double perDay) {
        return (time, random) -> time + pause(perDay, random);
    }

    /**
     * By day more than by night.
     *
     * @param depth how much of the calls follow the day, from 0 to 1
     * @param phase when its day is at its height, as a part of ours
     */
    static Rhythm daily(double perDay, double depth, double phase) {
        return (time, random) -> {
            long next = time;
            double height;
            do {
                next += pause(perDay * (1 + depth), random);
                double turn = 2 * Math.PI * ((double) next / DAY - phase);
                height = (1 + depth * Math.cos(turn)) / (1 + depth);
            } while (random.nextDouble() > height);
            return next;
        };
    }

    /**
     * In bursts, and not between them.
     *
     * @param calls of each burst, on average; more than one
     * @param gap between two of them, on average
     */
    static Rhythm bursts(double burstsPerDay, double calls, Duration gap) {
        return new Bursts(burstsPerDay, calls, gap.toNanos());
    }

    /**
     * By the clock, as cron does: so many calls within a second after each full period.
     *
     * @param shift the part of the period that its beat is away from the full one
     */
    static Rhythm beat(Duration period, Duration shift, int calls) {
        return new Beat(period.toNanos(), shift.toNanos(), calls);
    }

    /** In nanoseconds. */
    long DAY = Duration.ofDays(1).toNanos();

    private static long pause(double perDay, SplittableRandom random) {
        return 1 + (long) (DAY / perDay * random.nextExponential());
    }

    /** Remembers how many calls its burst has still to come. */
    final class Bursts implements Rhythm {
        private final double perDay;
        private final double calls;
        private final long gap;
        private long left;

        private Bursts(double perDay, double calls, long gap) {
            this.perDay = perDay;
            this.calls = calls;
            this.gap = gap;
        }

        @Override
        public long after(long time, SplittableRandom random) {
            if (left > 0) {
                left--;
                return time + 1 + (long) (gap * random.nextExponential());
            }
            left = (long) Math.floor(random.nextExponential() / -Math.log(1 - 1 / calls));
            return time + pause(perDay, random);
        }
    }

    /** Remembers which beat it is at, and how many calls of it are still to come. */
    final class Beat implements Rhythm {
        private static final long JITTER = Duration.ofSeconds(1).toNanos();

        private final long period;
        private final long shift;
        private final int calls;
        private long beat;
        private int left;

        private Beat(long period, long shift, int calls) {
            this.period = period;
            this.shift = shift;
            this.calls = calls;
        }

        @Override
        public long after(long time, SplittableRandom random) {
            if (left > 0) {
                left--;
                return time + 1 + random.nextLong(JITTER / calls);
            }
            left = calls - 1;
            beat = Math.max(beat + period, Math.floorDiv(time, period) * period);
            long due = beat + shift + random.nextLong(JITTER / calls);
            return Math.max(due, time + 1);
        }
    }
}
