package dev.dormouse.simulation;

import java.util.Arrays;

/** How often which duration came, known to less than one per cent. */
public final class Histogram {
    /** Parts of each power of two, as bits. */
    private static final int PART_BITS = 7;

    private static final int PARTS = 1 << PART_BITS;

    private final long[] counts = new long[(Long.SIZE - PART_BITS) * PARTS];
    private long count;
    private long most;

    public void add(long nanos) {
        counts[bucket(nanos)]++;
        count++;
        most = Math.max(most, nanos);
    }

    public void clear() {
        Arrays.fill(counts, 0);
        count = 0;
        most = 0;
    }

    public long count() {
        return count;
    }

    public long most() {
        return most;
    }

    /** What that share of all durations does not exceed, told a little too long. */
    public long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Math.min(most, end(i));
            }
        }
        return most;
    }

    private static int bucket(long nanos) {
        if (nanos < PARTS) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - PART_BITS;
        return (shift << PART_BITS) + (int) (nanos >>> shift);
    }

    private static long end(int bucket) {
        if (bucket < 2 * PARTS) {
            return bucket;
        }
        int shift = (bucket >> PART_BITS) - 1;
        return ((bucket - ((long) shift << PART_BITS) + 1) << shift) - 1;
    }
}
