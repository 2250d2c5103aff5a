package dev.dormouse.simulation;

import dev.dormouse.simulation.Ledger.Way;
import java.util.Locale;

/** The lines of the table. */
final class Report {
    static final String HEAD =
            """
            | containers | calls | policy | requests | cold | woken | queued | wait p50 | p99 | p99.9 | most \
            | awake, h | frozen, h | deep, h | awake, GB·h | frozen, GB·h | deep, GB·h | starts | wakes | sunk \
            | counted, GB·h | most counted, GB | evicted | refused |
            |---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """;

    private static final double MILLISECOND = 1e6;
    private static final double PERCENT = 100;

    private Report() {}

    static String line(int containers, Scenario scenario, Comparison policy, Ledger ledger) {
        Histogram waits = ledger.waits();
        return String.format(
                Locale.ROOT,
                "| %,d | %s | %s | %,d | %.3f %% | %.3f %% | %.3f %% | %s | %s | %s | %s"
                        + " | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f | %,.0f"
                        + " | %,d | %,d | %,d | %,.0f | %,.0f | %,d | %,d |",
                containers,
                scenario.word(),
                policy.words(),
                waits.count(),
                PERCENT * ledger.share(Way.COLD),
                PERCENT * ledger.share(Way.WOKEN),
                PERCENT * ledger.share(Way.QUEUED),
                milliseconds(waits.quantile(0.5)),
                milliseconds(waits.quantile(0.99)),
                milliseconds(waits.quantile(0.999)),
                milliseconds(waits.most()),
                ledger.hours(Place.State.AWAKE),
                ledger.hours(Place.State.FROZEN),
                ledger.hours(Place.State.DEEP),
                ledger.gigabyteHours(Place.State.AWAKE),
                ledger.gigabyteHours(Place.State.FROZEN),
                ledger.gigabyteHours(Place.State.DEEP),
                ledger.starts(),
                ledger.thaws(),
                ledger.sunk(),
                ledger.countedGigabyteHours(),
                ledger.countedMostGigabytes(),
                ledger.evictions(),
                ledger.refused());
    }

    private static String milliseconds(long nanos) {
        double value = nanos / MILLISECOND;
        return String.format(Locale.ROOT, value < PERCENT ? "%.1f" : "%,.0f", value);
    }
}
