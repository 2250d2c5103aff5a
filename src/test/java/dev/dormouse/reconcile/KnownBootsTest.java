package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.Start;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What starts tell of boots, and what the next server is told of it. */
class KnownBootsTest {
    private final UUID one = new UUID(0, 1);
    private final Kept kept = new Kept();
    private final KnownBoots boots = new KnownBoots(Runnable::run, this::usage, kept);
    private Optional<Duration> computed = Optional.empty();

    private Usage usage(String instanceId) {
        return computed.map(time -> new Usage(time, 0, 0))
                .orElseThrow(() -> new EngineException(Kind.REFUSED, instanceId + " is gone"));
    }

    /** What is kept is in memory. */
    static final class Kept implements KnownBoots.Keeping {
        private final Map<UUID, Duration> slow = new HashMap<>();
        private final List<Optional<Duration>> writes = new ArrayList<>();
        private boolean isThere = true;

        @Override
        public Map<UUID, Duration> slowBoots() {
            return Map.copyOf(slow);
        }

        @Override
        public boolean keepBoot(UUID containerId, Optional<Duration> boot) {
            writes.add(boot);
            boot.ifPresentOrElse(it -> slow.put(containerId, it), () -> slow.remove(containerId));
            return isThere;
        }
    }

    private void boots(Start.Outcome outcome, int millis, int computedMillis) {
        computed = Optional.of(Duration.ofMillis(computedMillis));
        hear(outcome, millis);
    }

    private void hear(Start.Outcome outcome, int millis) {
        Map<Start.Part, Duration> took =
                Map.of(
                        Start.Part.START,
                        Duration.ofSeconds(9),
                        Start.Part.LISTEN,
                        Duration.ofMillis(millis - 100),
                        Start.Part.PROBE,
                        Duration.ofMillis(100));
        boots.hear(
                one, new Start("i", 1, Start.Cause.REQUEST, "", Samples.NOON, outcome, took, ""));
    }

    @Test
    void whatTheNewestBootComputedIsKnownIfItTookLong() {
        assertThat(boots.of(one)).isZero();

        boots(Start.Outcome.READY, 3_000, 2_100);
        boots(Start.Outcome.FAILED, 499, 2_000);
        boots(Start.Outcome.ABANDONED, 600, 300);
        boots(Start.Outcome.FAILED, 2_000, 1_000);
        assertThat(boots.of(one)).isEqualTo(Duration.ofMillis(2_100));

        boots(Start.Outcome.FAILED, 30_000, 20_000);
        assertThat(boots.of(one)).as("at least").isEqualTo(Duration.ofSeconds(20));

        boots(Start.Outcome.READY, 499, 2_000);
        assertThat(boots.of(one)).isZero();
        assertThat(boots.of(new UUID(0, 2))).isZero();
    }

    @Test
    void whatWaitedForSomethingElseIsQuick() {
        boots(Start.Outcome.READY, 3_000, 2_000);

        boots(Start.Outcome.READY, 3_000, 499);

        assertThat(boots.of(one)).isZero();
    }

    @Test
    void whatCannotBeAskedAnyMoreTellsNothing() {
        boots(Start.Outcome.READY, 3_000, 2_000);

        computed = Optional.empty();
        hear(Start.Outcome.FAILED, 9_000);

        assertThat(boots.of(one)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void theNextServerKnowsThem() {
        boots(Start.Outcome.READY, 3_000, 2_000);

        KnownBoots next = new KnownBoots(Runnable::run, this::usage, kept);
        next.read();

        assertThat(next.of(one)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void nothingIsWrittenForWhatIsQuickOrHardlyDifferent() {
        for (int computedMillis : List.of(499, 600, 1_200, 600, 1_201, 20, 30)) {
            boots(Start.Outcome.READY, 3_000, computedMillis);
        }

        assertThat(kept.writes)
                .containsExactly(
                        Optional.of(Duration.ofMillis(600)),
                        Optional.of(Duration.ofMillis(1_201)),
                        Optional.empty());
    }

    @Test
    void whatChangesLittleByLittleIsWrittenInTheEnd() {
        for (int computedMillis : List.of(1_000, 1_900, 3_600)) {
            boots(Start.Outcome.READY, 9_000, computedMillis);
        }

        assertThat(kept.slow).containsEntry(one, Duration.ofMillis(3_600));
    }

    @Test
    void whatIsGoneBeforeItIsMeasuredIsNotKnown() {
        kept.isThere = false;

        boots(Start.Outcome.READY, 3_000, 2_000);

        assertThat(boots.of(one)).isZero();
    }

    @Test
    void whatIsGoneIsForgotten() {
        boots(Start.Outcome.READY, 3_000, 2_000);

        boots.forget(one);

        assertThat(boots.of(one)).isZero();
    }
}
