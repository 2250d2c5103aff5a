package dev.dormouse.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.autoscale.Observation.Use;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds in any world; a failure tells its seed. */
class AutoscalerPropertyTest {
    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final Scale.Pace PACE = new Scale.Pace(WINDOW, 10, 2);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theAnswerIsWithinBoundsAndEnoughForTheRequestsAndTheMemoryIsBounded(long seed) {
        Random random = new Random(seed);
        Scale scale = scale(random);
        Memory memory = Memory.EMPTY;
        Instant now = NOON;
        for (int i = 0; i < 1_000; i++) {
            now = now.plusMillis(random.nextInt(700));
            Observation seen = observation(random);
            int peak = seen.traffic().peak();

            Decision decision = Autoscaler.decide(scale, seen, memory, now);

            memory = decision.memory();
            assertThat(decision.instances())
                    .as("seed %d", seed)
                    .isBetween(scale.least(), scale.most());
            assertThat(
                            decision.instances() * perInstance(scale) >= peak
                                    || decision.instances() == scale.most())
                    .as("seed %d: %d requests on %d", seed, peak, decision.instances())
                    .isTrue();
            assertThat(memory.needs()).hasSizeLessThanOrEqualTo(31);
            assertThat(decision.because()).isNotBlank();
        }
    }

    /** Work that is shared by those that are awake, and what each takes for itself. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void underAConstantLoadItComesToRestWhereEachUsesWhatIsWanted(long seed) {
        Random random = new Random(seed);
        int wanted = 20 + random.nextInt(71);
        double load = random.nextDouble() * 20 * wanted;
        Scale scale = scale(1, 50, new Scaling.Cpu(wanted));
        int awake = 1 + random.nextInt(50);
        Memory memory = Memory.EMPTY;
        Instant now = NOON;
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            double percent = Math.min(100, load / awake);
            Observation seen =
                    new Observation(
                            Traffic.NONE,
                            awake,
                            Optional.of(new Use(awake, percent)),
                            Optional.empty());
            Decision decision = Autoscaler.decide(scale, seen, memory, now);
            memory = decision.memory();
            awake = decision.instances();
            ran.add(awake);
            now = now.plusSeconds(5);
        }

        assertThat(ran.subList(20, 60)).as("seed %d: %s", seed, ran).containsOnly(awake);
        assertThat(load / awake).as("seed %d", seed).isLessThanOrEqualTo(1.1 * wanted + 1e-6);
        assertThat(awake == 1 || load / (awake - 1) > 0.8 * wanted)
                .as("seed %d: %.1f on %d, %d wanted", seed, load, awake, wanted)
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whoLosesTheMemoryStartsNoMoreAndKeepsWhatHasWork(long seed) {
        Random random = new Random(seed);
        Scale scale = scale(random);
        Memory memory = Memory.EMPTY;
        Instant now = NOON;
        for (int i = 0; i < 1_000; i++) {
            now = now.plusMillis(random.nextInt(700));
            Observation seen = observation(random);
            Memory lost = memory.lastActive().map(Memory.EMPTY::touched).orElse(Memory.EMPTY);

            int with = Autoscaler.decide(scale, seen, memory, now).instances();
            int without = Autoscaler.decide(scale, seen, lost, now).instances();
            int withoutFigures =
                    Autoscaler.decide(
                                    scale,
                                    new Observation(
                                            seen.traffic(),
                                            seen.awake(),
                                            Optional.empty(),
                                            Optional.empty()),
                                    lost.touched(now),
                                    now)
                            .instances();

            assertThat(without).as("seed %d", seed).isLessThanOrEqualTo(with);
            assertThat(
                            without * perInstance(scale) >= seen.traffic().peak()
                                    || without == scale.most())
                    .as("seed %d", seed)
                    .isTrue();
            boolean measures = scale.signals().size() > 1;
            if (measures && seen.traffic().peak() > 0) {
                assertThat(withoutFigures)
                        .as("seed %d: %d are awake", seed, seen.awake())
                        .isGreaterThanOrEqualTo(Math.min(seen.awake(), scale.most()));
            }
            memory = Autoscaler.decide(scale, seen, memory, now).memory();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whereNobodyCallsAndNothingComputesItGoesToTheLeast(long seed) {
        Random random = new Random(seed);
        Scale any = scale(random);
        Scale scale = new Scale(0, any.most(), any.signals(), any.idleAfter(), any.pace());
        Memory memory = Memory.EMPTY;
        Instant now = NOON;
        for (int i = 0; i < 50; i++) {
            now = now.plusMillis(random.nextInt(700));
            memory = Autoscaler.decide(scale, observation(random), memory, now).memory();
        }
        int awake = 1 + random.nextInt(scale.most());
        Observation idle =
                new Observation(
                        Traffic.NONE,
                        awake,
                        Optional.of(new Use(awake, 0.4)),
                        Optional.of(new Use(awake, 100)));
        Instant end = now.plus(scale.idleAfter()).plus(WINDOW).plusSeconds(1);
        Decision decision = Autoscaler.decide(scale, idle, memory, now);
        while (now.isBefore(end)) {
            assertThat(decision.instances() == 0 || decision.reviewAt().isPresent())
                    .as("seed %d: it is looked at again", seed)
                    .isTrue();
            now = decision.reviewAt().orElse(end);
            decision = Autoscaler.decide(scale, idle, decision.memory(), now);
        }

        assertThat(decision.instances()).as("seed %d", seed).isZero();
    }

    private static int perInstance(Scale scale) {
        return ((Scaling.Concurrency) scale.signals().getFirst()).requestsPerInstance();
    }

    private static Scale scale(Random random) {
        List<Scaling> measured = new ArrayList<>();
        if (random.nextBoolean()) {
            measured.add(new Scaling.Cpu(1 + random.nextInt(100)));
        }
        if (random.nextBoolean()) {
            measured.add(new Scaling.Memory(1 + random.nextInt(100)));
        }
        Scale scale =
                scale(random.nextInt(3), 3 + random.nextInt(48), measured.toArray(Scaling[]::new));
        List<Scaling> signals = new ArrayList<>(scale.signals());
        signals.set(0, new Scaling.Concurrency(1 + random.nextInt(80)));
        return new Scale(
                scale.least(),
                scale.most(),
                signals,
                Duration.ofSeconds(random.nextInt(100)),
                scale.pace());
    }

    private static Scale scale(int least, int most, Scaling... measured) {
        List<Scaling> signals = new ArrayList<>(List.of(measured));
        signals.addFirst(new Scaling.Concurrency(Scaling.REQUESTS_MOST));
        return new Scale(least, most, signals, Duration.ofMinutes(15), PACE);
    }

    private static Observation observation(Random random) {
        int peak = random.nextInt(4) == 0 ? random.nextInt(5_000) : 0;
        int awake = random.nextInt(51);
        return new Observation(
                new Traffic(0, peak, peak, peak, Map.of()),
                awake,
                use(random, awake),
                use(random, awake));
    }

    private static Optional<Use> use(Random random, int awake) {
        int measured = random.nextInt(awake + 1);
        return measured == 0
                ? Optional.empty()
                : Optional.of(new Use(measured, random.nextDouble() * 120));
    }
}
