package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.model.Start;
import dev.dormouse.testing.Samples;
import dev.dormouse.testing.SettableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the probes find, and to which part of the start it counts; a question takes a second. */
class ProbeRunTest {
    private static final Optional<HealthCheck.Ailment> WELL = Optional.empty();
    private static final Optional<HealthCheck.Ailment> DEAF = HealthCheck.Ailment.deaf("refused");
    private static final Optional<HealthCheck.Ailment> UNWELL = HealthCheck.Ailment.unwell("503");

    private Duration question = Duration.ofSeconds(1);
    private final SettableClock clock = new SettableClock(Samples.NOON);
    private final StartWatch watch =
            StartWatch.of(
                    new StartWatch.Order("i", 1, Start.Cause.REQUEST, "", Samples.NOON),
                    new Demand.Why(Start.Cause.REQUEST, Samples.NOON, Optional.empty()),
                    clock);

    @AfterEach
    void beInterruptedNoMore() {
        Thread.interrupted();
    }

    private Start probed(Start.Outcome outcome, List<Optional<HealthCheck.Ailment>> findings) {
        Deque<Optional<HealthCheck.Ailment>> left = new ArrayDeque<>(findings);
        Instance.State.Running at = new Instance.State.Running("127.0.0.1", 1);
        watch.enter(Start.Part.LISTEN);
        new ProbeRun(
                        new Instance(
                                "i",
                                new UUID(0, 1),
                                1,
                                Samples.NOON,
                                new InstanceRuntime("runc", true),
                                at),
                        at,
                        Samples.workload(),
                        new ProbeRun.ProbeTools(
                                (probe, address, port, workload) -> {
                                    clock.advance(question);
                                    return left.size() > 1 ? left.poll() : left.getFirst();
                                },
                                clock,
                                System::nanoTime),
                        watch::enter,
                        _ -> Thread.currentThread().interrupt())
                .run();
        return watch.end(outcome, "").orElseThrow();
    }

    private static Map<Start.Part, Duration> parts(int listen, int... probeAndForward) {
        Map<Start.Part, Duration> parts = new EnumMap<>(Start.Part.class);
        parts.put(Start.Part.SCHEDULE, Duration.ZERO);
        parts.put(Start.Part.LISTEN, Duration.ofSeconds(listen));
        Start.Part[] next = {Start.Part.PROBE, Start.Part.FORWARD};
        for (int i = 0; i < probeAndForward.length; i++) {
            parts.put(next[i], Duration.ofSeconds(probeAndForward[i]));
        }
        return parts;
    }

    @Test
    void whatIsNotWellYetIsProbedAndWhatIsDeafDoesNotListen() {
        Start start = probed(Start.Outcome.READY, List.of(DEAF, DEAF, UNWELL, UNWELL, WELL));

        assertThat(start.took()).isEqualTo(parts(3, 2, 0));
    }

    @Test
    void whatIsWellAtOnceWasOnlyWaitedForUntilItListened() {
        Start start = probed(Start.Outcome.READY, List.of(DEAF, WELL));

        assertThat(start.took()).isEqualTo(parts(2, 0, 0));
    }

    @Test
    void whatNeverListensComesToNoOtherPart() {
        question = Samples.workload().livenessProbe().patience();

        Start start = probed(Start.Outcome.FAILED, List.of(DEAF));

        assertThat(start.took()).containsOnlyKeys(Start.Part.SCHEDULE, Start.Part.LISTEN);
        assertThat(start.whole()).isEqualTo(Duration.between(Samples.NOON, clock.instant()));
    }

    @Test
    void whatStartsIsSeenToListenWithinTwoMillisecondsOrAHundredthOfTheWait() {
        Duration interval = Duration.ofSeconds(10);
        Duration noInterval = Duration.ofMillis(1);

        assertThat(ProbeRun.pause(Duration.ZERO, interval)).isEqualTo(Duration.ofMillis(2));
        assertThat(ProbeRun.pause(Duration.ofMillis(200), interval))
                .isEqualTo(Duration.ofMillis(2));
        assertThat(ProbeRun.pause(Duration.ofSeconds(2), interval))
                .isEqualTo(Duration.ofMillis(20));
        assertThat(ProbeRun.pause(Duration.ofMinutes(5), interval))
                .isEqualTo(Duration.ofMillis(500));
        assertThat(ProbeRun.pause(Duration.ofMinutes(5), noInterval)).isEqualTo(noInterval);
    }

    @Test
    void instancesThatServeAreAskedTogetherWheneverTheyStarted() {
        Duration interval = Duration.ofSeconds(10);
        Duration beat = ProbeRun.beat(interval);
        Set<Long> moments = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            long started = beat.multipliedBy(i).dividedBy(100).plusNanos(1).toNanos();
            long due = ProbeRun.next(started, interval, started);
            assertThat(due - started).isBetween(interval.toNanos(), interval.plus(beat).toNanos());
            moments.add(due);
        }

        assertThat(moments).hasSize(1);
    }

    @Test
    void anIntervalIsAWholeNumberOfBeatsSoThatItIsKept() {
        assertThat(ProbeRun.beat(Duration.ofMillis(100))).isEqualTo(Duration.ofMillis(100));
        assertThat(ProbeRun.beat(Duration.ofMillis(999))).isEqualTo(Duration.ofMillis(999));
        assertThat(ProbeRun.beat(Duration.ofMillis(1_300))).isEqualTo(Duration.ofMillis(650));
        assertThat(ProbeRun.beat(Duration.ofSeconds(11))).isEqualTo(Duration.ofMillis(2_200));
        long third = ProbeRun.beat(Duration.ofMillis(1_600)).toNanos();
        assertThat(ProbeRun.next(3 * third, Duration.ofMillis(1_600), 0)).isEqualTo(6 * third);
        assertThat(ProbeRun.beat(Duration.ofMinutes(1))).isEqualTo(Duration.ofSeconds(12));
    }

    @Test
    void theBeatAfterTheIntervalIsTheNextAndThoseThatWereMissedAreLeftOut() {
        Duration interval = Duration.ofMillis(1500);
        long beat = ProbeRun.beat(interval).toNanos();

        assertThat(interval.toNanos()).isEqualTo(3 * beat);
        assertThat(ProbeRun.next(beat, interval, beat + 1)).isEqualTo(4 * beat);
        assertThat(ProbeRun.next(beat, interval, 9 * beat)).isEqualTo(10 * beat);
        assertThat(ProbeRun.next(-beat, interval, -beat)).isEqualTo(2 * beat);
    }
}
