package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LimitsWatchTest {
    private static final Optional<Duration> THEN = Optional.of(Duration.ofSeconds(100));
    private static final Duration A_WHILE = Duration.ofSeconds(10);
    private static final Duration MOST = Duration.ofMinutes(1);

    @Test
    void containersThatHardlyWorkedAreNotLookedAt() {
        assertThat(LimitsWatch.mayWait(THEN, later(49), A_WHILE, MOST)).isTrue();
        assertThat(LimitsWatch.mayWait(THEN, later(50), A_WHILE, MOST)).isFalse();
    }

    @Test
    void theyAreLookedAtNowAndThenAllTheSame() {
        assertThat(LimitsWatch.mayWait(THEN, THEN, Duration.ofSeconds(59), MOST)).isTrue();
        assertThat(LimitsWatch.mayWait(THEN, THEN, MOST, MOST)).isFalse();
    }

    @Test
    void whereNobodyTellsWhatTheyWorkedTheyAreLookedAt() {
        assertThat(LimitsWatch.mayWait(Optional.empty(), Optional.empty(), A_WHILE, MOST))
                .isFalse();
        assertThat(LimitsWatch.mayWait(THEN, Optional.empty(), A_WHILE, MOST)).isFalse();
        assertThat(LimitsWatch.mayWait(Optional.empty(), THEN, A_WHILE, MOST)).isFalse();
    }

    private static Optional<Duration> later(long millis) {
        return THEN.map(then -> then.plusMillis(millis));
    }
}
