package dev.dormouse.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.autoscale.Observation.Use;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scaling by what instances use. */
class MeasureTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration IDLE = Duration.ofMinutes(15);
    private static final Scale.Pace PACE = new Scale.Pace(Duration.ofSeconds(30), 10, 2);
    private static final Traffic ONE_CALLS = new Traffic(1, 0, 1, 1, Map.of());
    private static final Scale BY_CPU = scale(0, 10, new Scaling.Cpu(70));
    private static final Scale BY_MEMORY = scale(0, 10, new Scaling.Memory(80));

    @ParameterizedTest
    @CsvSource({
        "1, 90, 2", // above what is wanted
        "1, 77, 1", // within the tolerance of 10 %
        "1, 78, 2", // beyond it
        "4, 90, 6", // 4 × 90 / 70
        "4, 100, 6",
        "4, 64, 4", // within the tolerance
        "4, 60, 4", // three would be at 80
        "4, 50, 3", // three are at 67
        "4, 20, 2",
        "4, 1, 1"
    })
    void asManyAreNeededAsWouldUseWhatIsWanted(int awake, double percent, int needed) {
        assertThat(decide(BY_CPU, cpu(awake, awake, percent), NOON).instances()).isEqualTo(needed);
    }

    @Test
    void theyAreDoubledAtMost() {
        Scale sensitive = scale(0, 50, new Scaling.Cpu(10));

        assertThat(decide(sensitive, cpu(1, 1, 100), NOON).instances()).isEqualTo(2);
        assertThat(decide(sensitive, cpu(3, 3, 100), NOON).instances()).isEqualTo(6);
    }

    @Test
    void neverMoreThanTheMostAndItSaysSo() {
        Decision decision = decide(scale(0, 3, new Scaling.Cpu(70)), cpu(3, 3, 100), NOON);

        assertThat(decision.instances()).isEqualTo(3);
        assertThat(decision.because())
                .isEqualTo(
                        "cpu 100 % on average over 3 instances, 70 % wanted: 5 instances, but max_scale is 3");
    }

    @Test
    void theReasonNamesTheSignalAndItsFigures() {
        assertThat(decide(BY_CPU, cpu(2, 2, 93.4), NOON).because())
                .isEqualTo("cpu 93 % on average over 2 instances, 70 % wanted: 3 instances");
        assertThat(decide(BY_MEMORY, memory(1, 1, 95), NOON).because())
                .isEqualTo("memory 95 % on average over 1 instance, 80 % wanted: 2 instances");
    }

    @Test
    void whatIsOnItsWayIsNotOrderedAgain() {
        Memory memory = Autoscaler.decide(BY_CPU, cpu(2, 2, 100), Memory.EMPTY, NOON).memory();

        Decision noneReadyYet =
                Autoscaler.decide(BY_CPU, cpu(2, 2, 100), memory, NOON.plusSeconds(5));
        Decision oneReadyAndNotMeasured =
                Autoscaler.decide(BY_CPU, cpu(3, 2, 100), memory, NOON.plusSeconds(6));

        assertThat(noneReadyYet.instances()).isEqualTo(3);
        assertThat(oneReadyAndNotMeasured.instances()).isEqualTo(3);
    }

    @Test
    void oneWithoutAFigureCountsAsUsedWhereFewerCouldDo() {
        assertThat(decide(BY_CPU, cpu(4, 4, 20), NOON).instances()).isEqualTo(2);
        assertThat(decide(BY_CPU, cpu(4, 2, 20), NOON).instances()).isEqualTo(3);
    }

    @Test
    void whereNothingIsMeasuredNothingGoes() {
        Decision decision = decide(BY_CPU, cpu(4, 0, 0), NOON);

        assertThat(decision.instances()).isEqualTo(4);
        assertThat(decision.because()).isEqualTo("cpu is not known yet: 4 instances");
    }

    @Test
    void fewerAreWantedOnceTheWindowSaysSo() {
        Memory busy = Autoscaler.decide(BY_CPU, cpu(2, 2, 100), Memory.EMPTY, NOON).memory();

        Decision within = Autoscaler.decide(BY_CPU, cpu(3, 3, 10), busy, NOON.plusSeconds(29));
        Decision after =
                Autoscaler.decide(BY_CPU, cpu(3, 3, 10), within.memory(), NOON.plusSeconds(30));

        assertThat(within.instances()).isEqualTo(3);
        assertThat(within.because())
                .isEqualTo(
                        "cpu 100 % on average over 2 instances, 70 % wanted: 3 instances within the last 30 s");
        assertThat(after.instances()).isEqualTo(1);
    }

    @Test
    void aRequestWakesTheFirstThoughNothingIsMeasured() {
        assertThat(decide(BY_CPU, cpu(0, 0, 0), NOON).instances()).isEqualTo(1);
        assertThat(decide(BY_MEMORY, memory(0, 0, 0), NOON).instances()).isEqualTo(1);
    }

    @Test
    void requestsBeyondWhatTheInstancesMayTakeNeedMore() {
        Traffic many = new Traffic(80, 81, 161, 161, Map.of());

        assertThat(
                        Autoscaler.decide(
                                        BY_CPU,
                                        new Observation(
                                                many,
                                                1,
                                                Optional.of(new Use(1, 5)),
                                                Optional.empty()),
                                        Memory.EMPTY,
                                        NOON)
                                .instances())
                .isEqualTo(3);
    }

    @Test
    void theLargestNeedOfSeveralSignalsWins() {
        Scale both = scale(0, 10, new Scaling.Cpu(70), new Scaling.Memory(80));
        Observation seen =
                new Observation(
                        ONE_CALLS, 2, Optional.of(new Use(2, 75)), Optional.of(new Use(2, 100)));
        Observation other =
                new Observation(
                        new Traffic(0, 400, 400, 400, Map.of()),
                        2,
                        Optional.of(new Use(2, 100)),
                        Optional.of(new Use(2, 40)));

        assertThat(decide(both, seen, NOON).because()).startsWith("memory 100 %");
        assertThat(decide(both, other, NOON).because()).startsWith("400 requests");
        assertThat(decide(both, other, NOON).instances()).isEqualTo(5);
    }

    @Test
    void withoutCallsTheLastGoesAfterTheIdleTimeHoweverMuchItHolds() {
        Memory memory = Memory.EMPTY.touched(NOON);
        Observation idle = quiet(1, Optional.empty(), Optional.of(new Use(1, 99)));

        Decision before = Autoscaler.decide(BY_MEMORY, idle, memory, NOON.plusSeconds(899));
        Decision then = Autoscaler.decide(BY_MEMORY, idle, memory, NOON.plus(IDLE));

        assertThat(before.instances()).isEqualTo(2);
        assertThat(then.instances()).isZero();
    }

    @Test
    void whatSeveralHoldKeepsThemTheIdleTimeAndTheWindow() {
        Observation idle = quiet(3, Optional.empty(), Optional.of(new Use(3, 70)));
        Decision last =
                Autoscaler.decide(
                        BY_MEMORY, idle, Memory.EMPTY.touched(NOON), NOON.plusSeconds(899));

        assertThat(last.instances()).isEqualTo(3);
        assertThat(
                        Autoscaler.decide(BY_MEMORY, idle, last.memory(), NOON.plusSeconds(928))
                                .instances())
                .isEqualTo(3);
        assertThat(
                        Autoscaler.decide(BY_MEMORY, idle, last.memory(), NOON.plusSeconds(929))
                                .instances())
                .isZero();
    }

    @Test
    void oneThatComputesHalfOfWhatIsWantedIsAtWorkThoughNobodyCalls() {
        Memory memory = Memory.EMPTY.touched(NOON);
        Instant later = NOON.plus(Duration.ofHours(1));
        Observation working = quiet(1, Optional.of(new Use(1, 35)), Optional.empty());
        Observation resting = quiet(1, Optional.of(new Use(1, 34)), Optional.empty());

        Decision kept = Autoscaler.decide(BY_CPU, working, memory, later);

        assertThat(kept.instances()).isEqualTo(1);
        assertThat(kept.because())
                .isEqualTo(
                        "called, deployed or at work within the last 15 min; cpu 35 % on average over 1 instance, 70 % wanted");
        assertThat(Autoscaler.decide(BY_CPU, resting, memory, later).instances()).isZero();
    }

    @Test
    void whatIsUsedCountsWithoutCallsWhereInstancesAreKept() {
        Scale kept = scale(1, 10, new Scaling.Memory(80));

        Decision decision =
                Autoscaler.decide(
                        kept,
                        quiet(1, Optional.empty(), Optional.of(new Use(1, 99))),
                        Memory.EMPTY,
                        NOON);

        assertThat(decision.instances()).isEqualTo(2);
    }

    @Test
    void theFiguresAreToldWhereTheyAreNotTheReason() {
        Decision decision =
                Autoscaler.decide(
                        scale(1, 10, new Scaling.Cpu(70)),
                        quiet(1, Optional.of(new Use(1, 12)), Optional.empty()),
                        Memory.EMPTY,
                        NOON);

        assertThat(decision.because())
                .isEqualTo("min_scale is 1; cpu 12 % on average over 1 instance, 70 % wanted");
    }

    private static Scale scale(int least, int most, Scaling... measured) {
        List<Scaling> signals = new java.util.ArrayList<>(List.of(measured));
        signals.addFirst(new Scaling.Concurrency(80));
        return new Scale(least, most, signals, IDLE, PACE);
    }

    private static Observation cpu(int awake, int measured, double percent) {
        return new Observation(ONE_CALLS, awake, use(measured, percent), Optional.empty());
    }

    private static Observation memory(int awake, int measured, double percent) {
        return new Observation(ONE_CALLS, awake, Optional.empty(), use(measured, percent));
    }

    private static Observation quiet(int awake, Optional<Use> cpu, Optional<Use> memory) {
        return new Observation(Traffic.NONE, awake, cpu, memory);
    }

    private static Optional<Use> use(int measured, double percent) {
        return measured == 0 ? Optional.empty() : Optional.of(new Use(measured, percent));
    }

    private static Decision decide(Scale scale, Observation seen, Instant now) {
        return Autoscaler.decide(scale, seen, Memory.EMPTY, now);
    }
}
