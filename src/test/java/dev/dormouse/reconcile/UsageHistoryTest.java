package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.autoscale.Observation.Use;
import dev.dormouse.engine.Usage;
import dev.dormouse.reconcile.UsageReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageHistoryTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final UsageHistory history = new UsageHistory(EVERY, WINDOW);

    private void read(String id, double second, double cpuSeconds, long bytes) {
        Instant at = NOON.plusMillis((long) (second * 1_000));
        Duration cpuTime = Duration.ofMillis((long) (cpuSeconds * 1_000));
        history.add(Map.of(id, new Reading(at, new Usage(cpuTime, bytes, bytes))));
    }

    private static Instant at(int second) {
        return NOON.plusSeconds(second);
    }

    @Test
    void theRateIsThatOfTheWindowInPartsOfTheLimit() {
        read("a", 0, 100, 0);
        read("a", 5, 100, 0);
        read("a", 10, 102, 0);
        read("a", 15, 104, 0);

        assertThat(history.cpu(1_000, at(15))).contains(new Use(1, 40));
        assertThat(history.cpu(500, at(15))).contains(new Use(1, 80));
    }

    @Test
    void memoryIsTheAverageOfTheWindow() {
        read("a", 0, 0, 900);
        read("a", 5, 0, 100);
        read("a", 10, 0, 200);
        read("a", 15, 0, 300);

        assertThat(history.memory(1_000, at(15))).contains(new Use(1, 20));
    }

    @Test
    void thereIsNoFigureBeforeTheWindowIsFull() {
        read("a", 0, 0, 0);
        assertThat(history.cpu(1_000, at(0))).isEmpty();
        read("a", 5, 5, 0);

        assertThat(history.cpu(1_000, at(5))).isEmpty();
    }

    @Test
    void readingsThatComeALittleEarlyFillItToo() {
        read("a", 0.2, 0, 0);
        read("a", 5.1, 2.45, 0);
        read("a", 10.0, 4.9, 0);

        assertThat(history.cpu(1_000, at(10))).contains(new Use(1, 50));
    }

    @Test
    void theAverageIsOverThoseThatHaveAFigure() {
        for (int second = 0; second <= 10; second += 5) {
            read("a", second, second, 0);
            read("b", second, 0.5 * second, 0);
        }
        read("c", 10, 0, 0);

        assertThat(history.cpu(1_000, at(10))).contains(new Use(2, 75));
    }

    @Test
    void anOldFigureIsNone() {
        read("a", 0, 0, 0);
        read("a", 5, 0, 0);
        read("a", 10, 0, 0);

        assertThat(history.cpu(1_000, at(25))).isPresent();
        assertThat(history.cpu(1_000, at(26))).isEmpty();
    }

    @Test
    void whatWasReadBeforeItBecameReadyIsForgottenAndOthersToo() {
        Tracked woken = new Tracked("a", 1, NOON);
        woken.enter(Phase.READY, at(6));
        for (int second = 0; second <= 15; second += 5) {
            read("a", second, second, 0);
            read("gone", second, second, 0);
        }

        history.keep(List.of(woken));

        assertThat(history.cpu(1_000, at(15))).isEmpty();
        read("a", 20, 16, 0);
        assertThat(history.cpu(1_000, at(20))).contains(new Use(1, 60));
    }

    @Test
    void aWindowShorterThanTheIntervalIsOneInterval() {
        UsageHistory hasty = new UsageHistory(EVERY, Duration.ofSeconds(1));
        Usage nothing = new Usage(Duration.ZERO, 0, 0);
        Usage something = new Usage(Duration.ofSeconds(4), 0, 0);
        hasty.add(Map.of("a", new Reading(at(0), nothing)));
        assertThat(hasty.cpu(1_000, at(0))).isEmpty();

        hasty.add(Map.of("a", new Reading(at(5), something)));

        assertThat(hasty.cpu(1_000, at(5))).contains(new Use(1, 80));
    }
}
