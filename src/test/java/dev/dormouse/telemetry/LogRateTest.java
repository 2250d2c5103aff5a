package dev.dormouse.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogRateTest {
    private static final int RATE = 100;
    private static final int BURST = RATE * LogRate.BURST_SECONDS;
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

    private final List<String> kept = new ArrayList<>();
    private long now;
    private Duration waited = Duration.ZERO;
    private final LogRate rate =
            new LogRate(RATE, () -> now, this::wait, line -> kept.add(line.text()));

    private void wait(Duration pause) {
        waited = waited.plus(pause);
    }

    private void write(int lines) {
        for (int i = 0; i < lines; i++) {
            write("x");
        }
    }

    private void write(String text) {
        rate.take(new LogLine(NOON, "a", "stdout", text));
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void whoStaysBelowTheRateLosesNothing() {
        for (int second = 0; second < 100; second++) {
            write(RATE / 2);
            pass(Duration.ofSeconds(1));
        }

        assertThat(kept).hasSize(50 * RATE).containsOnly("x");
        assertThat(waited).isZero();
    }

    @Test
    void aBurstIsTakenWhole() {
        write(BURST / 2);

        assertThat(kept).hasSize(BURST / 2);
    }

    @Test
    void whatIsMoreIsDroppedAndCounted() {
        write(10 * BURST);
        int before = kept.size();
        pass(Duration.ofSeconds(1));
        write("after");

        assertThat(before).isLessThan(BURST);
        assertThat(kept)
                .hasSize(before + 2)
                .endsWith(
                        "[dormouse: %d lines dropped, more than 100 a second]"
                                .formatted(10 * BURST - before),
                        "after");
    }

    @Test
    void aFloodLeavesTheRateAndOneLineMoreASecond() {
        for (int second = 0; second < 60; second++) {
            for (int tenth = 0; tenth < 10; tenth++) {
                write(BURST);
                pass(Duration.ofMillis(100));
            }
        }

        assertThat(kept).hasSizeLessThanOrEqualTo(BURST + 60 * (RATE + 1));
        assertThat(kept.stream().filter(line -> line.contains("dropped")).count())
                .isBetween(1L, 60L);
    }

    @Test
    void whoeverFloodsIsMadeToWait() {
        write(BURST);
        Duration before = waited;

        write(LogRate.READ_PER_KEPT * RATE);

        assertThat(waited.minus(before)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aLongLineCountsForSeveral() {
        for (int i = 0; i < BURST; i++) {
            write("x".repeat(9 * LogRate.LINE_LENGTH));
        }

        assertThat(kept).hasSize(BURST / 10);
    }
}
