package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What pushing memory out may win is judged by what it won. */
class WinningsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final long LIMIT = 100;

    private final Roster roster = new Roster();

    private Tracked still(String id, Phase phase) {
        Tracked one = new Tracked(id, 1, NOW);
        one.enter(Phase.FROZEN, NOW);
        one.enter(phase, NOW);
        roster.add(one);
        return one;
    }

    @Test
    void halfIsExpectedWhileNothingWasMeasured() {
        assertThat(new Winnings(LIMIT, 0, 0).expected()).isEqualTo(LIMIT / 2);
    }

    @Test
    void theMoreWasMeasuredTheMoreItCounts() {
        assertThat(new Winnings(1_000, 1L << 30, 0).expected()).isEqualTo(750);
        assertThat(new Winnings(1_000, 99L << 30, 0).expected()).isEqualTo(995);
        assertThat(new Winnings(1_000, 99L << 30, 99L << 30).expected()).isEqualTo(5);
    }

    @Test
    void whatSinksOrMaySinkIsAhead() {
        still("sinks", Phase.SINKING);
        still("may", Phase.FROZEN);
        still("not yet", Phase.FROZEN).floats(NOW.plusSeconds(60), NOW);
        still("awake", Phase.READY);

        assertThat(roster.winnings(LIMIT, true, NOW)).isEqualTo(new Winnings(200, 0, 0));
        assertThat(roster.winnings(LIMIT, false, NOW)).isEqualTo(new Winnings(100, 0, 0));
    }

    @Test
    void ofWhatWasMeasuredNothingMoreIsExpectedUntilItGoesOn() {
        still("deep", Phase.SINKING).holds(30);
        Tracked floats = still("floats", Phase.SINKING);
        floats.holds(95);
        floats.floats(NOW.plus(Duration.ofHours(1)), NOW);
        Instant later = NOW.plus(Duration.ofHours(2));

        assertThat(roster.winnings(LIMIT, true, later)).isEqualTo(new Winnings(0, 200, 125));

        floats.enter(Phase.READY, later);
        floats.enter(Phase.FROZEN, later);
        assertThat(roster.winnings(LIMIT, true, later)).isEqualTo(new Winnings(100, 100, 30));
    }
}
