package dev.dormouse.reconcile;

import static dev.dormouse.testing.Samples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureMemoryTest {
    private static final Mishap ENDED = new Mishap(1, Mishap.Kind.ENDED, "it ended", Duration.ZERO);

    private final FailureMemory memory = new FailureMemory(() -> 0);

    @Test
    void anInstanceThatWasWellBeforeAFailureDoesNotMakeUpForIt() {
        memory.remember(ENDED, false, NOON.plusSeconds(60));

        memory.forgive(List.of(readySince(NOON)), NOON.plusSeconds(61));

        assertThat(memory.byRevision()).containsKey(1);
    }

    @Test
    void anInstanceThatCameUpLaterAndRanWellDoes() {
        memory.remember(ENDED, false, NOON);
        Instant up = NOON.plusSeconds(1);

        memory.forgive(List.of(readySince(up)), up.plusSeconds(9));
        assertThat(memory.byRevision()).containsKey(1);
        memory.forgive(List.of(readySince(up)), up.plusSeconds(10));

        assertThat(memory.byRevision()).isEmpty();
    }

    @Test
    void anEngineThatIsAwayIsNoExitOfTheInstance() {
        Mishap away = new Mishap(1, Mishap.Kind.ENGINE_AWAY, "no answer", Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            memory.remember(away, true, NOON);
        }

        Failures failures = memory.byRevision().getOrDefault(1, Failures.NONE);
        assertThat(failures.exits()).isZero();
        assertThat(failures.inARow()).isEqualTo(5);
        assertThat(failures.mayStart(NOON)).isFalse();
    }

    @Test
    void theFirstFailureIsRetriedAtOnceAndLaterOnesAfterAPauseThatGrowsToAMinute() {
        memory.remember(ENDED, false, NOON);
        assertThat(failures().mayStart(NOON)).isTrue();
        memory.remember(ENDED, false, NOON);
        assertThat(failures().retryAt()).contains(NOON.plusSeconds(1));
        for (int i = 0; i < 30; i++) {
            memory.remember(ENDED, false, NOON);
        }
        assertThat(failures().retryAt()).contains(NOON.plusSeconds(60));
    }

    private Failures failures() {
        return memory.byRevision().getOrDefault(1, Failures.NONE);
    }

    private static Seen readySince(Instant since) {
        return new Seen("a", 1, Phase.READY, since, 0);
    }
}
