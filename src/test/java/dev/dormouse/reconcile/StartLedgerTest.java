package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Usage;
import dev.dormouse.model.Start;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is kept of starts, and what is forgotten. */
class StartLedgerTest {
    private static final int MOST = 30;

    private final StartLedger ledger =
            new StartLedger(
                    MOST,
                    new KnownBoots(
                            Runnable::run,
                            _ -> new Usage(Duration.ZERO, 0, 0),
                            new KnownBootsTest.Kept()));
    private final UUID one = new UUID(0, 1);
    private final UUID other = new UUID(0, 2);

    private void keep(UUID container, int revision) {
        ledger.keep(
                container,
                new Start(
                        "i",
                        revision,
                        Start.Cause.REQUEST,
                        "",
                        Samples.NOON,
                        Start.Outcome.READY,
                        Map.of(Start.Part.START, Duration.ZERO),
                        ""));
    }

    @Test
    void theNewestOfOneContainerAreKeptNewestFirst() {
        for (int i = 1; i <= StartLedger.OF_ONE_MAX + 3; i++) {
            keep(one, i);
        }

        assertThat(ledger.of(one)).hasSize(StartLedger.OF_ONE_MAX);
        assertThat(ledger.of(one).getFirst().revision()).isEqualTo(StartLedger.OF_ONE_MAX + 3);
        assertThat(ledger.of(one).getLast().revision()).isEqualTo(4);
    }

    @Test
    void ofAllWhoStartedNothingForLongestLosesItsOldestFirst() {
        keep(one, 1);
        keep(one, 2);
        keep(other, 1);
        keep(one, 3);

        for (int i = 0; i < MOST - 2; i++) {
            keep(new UUID(1, i), 1);
        }

        assertThat(ledger.of(other)).isEmpty();
        assertThat(ledger.of(one)).extracting(Start::revision).containsExactly(3, 2);
        assertThat(ledger.of(new UUID(1, 0))).hasSize(1);
    }

    @Test
    void whatIsForgottenMakesRoom() {
        for (int i = 0; i < StartLedger.OF_ONE_MAX; i++) {
            keep(one, i);
        }
        ledger.forget(one);

        for (int i = 0; i < MOST; i++) {
            keep(new UUID(1, i), 1);
        }

        assertThat(ledger.of(one)).isEmpty();
        assertThat(ledger.of(new UUID(1, 0))).hasSize(1);
    }
}
