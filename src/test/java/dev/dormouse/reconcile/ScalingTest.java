package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Instance;
import dev.dormouse.model.Container;
import dev.dormouse.model.Scaling;
import dev.dormouse.model.Service;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.FakeEngine.Call;
import dev.dormouse.testing.FakeProcess;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** As many instances as what they use asks for, on an engine that tells what they use. */
class ScalingTest extends LoopFixture {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final double CPUS_EACH = Samples.workload().mvcpuLimit() / 1_000.0;
    private static final long MEMORY_EACH = Samples.workload().memoryLimitBytes();

    /** In CPUs, shared by all instances that run. */
    private double load;

    /** Of the limit, held by each. */
    private double held;

    private Instant computedUntil = Instant.MIN;

    @Override
    Map<String, String> settings() {
        return Map.of("DORMOUSE_SLEEP", "stop", "DORMOUSE_IDLE_AFTER", IDLE.toSeconds() + "s");
    }

    private void createScaled(int minScale, int maxScale, Scaling scaling) {
        Service service = Samples.service();
        create(
                Samples.container(
                        Samples.workload(),
                        new Service(
                                minScale,
                                maxScale,
                                scaling,
                                service.timeout(),
                                service.privacy(),
                                false)));
        await("the first serves", () -> isSettled(Status.READY) && targets() > 0);
    }

    /** What the instances do while time passes. */
    private void work() {
        Instant now = clock.instant();
        Duration passed =
                computedUntil.equals(Instant.MIN)
                        ? Duration.ZERO
                        : Duration.between(computedUntil, now);
        computedUntil = now;
        List<Instance> running = engine.list(ID);
        for (Instance one : running) {
            double cpus = Math.min(CPUS_EACH, load / running.size());
            try {
                FakeProcess process = engine.process(one.id());
                process.burn(Duration.ofNanos((long) (passed.toNanos() * cpus)));
                process.hold((long) (held * MEMORY_EACH));
            } catch (NoSuchElementException removedMeanwhile) {
                // it has stopped working
            }
        }
    }

    private void awaitInstances(int count) {
        awaitInTime(
                count + " serve",
                () -> {
                    work();
                    return targets() == count && engine.list(ID).size() == count;
                });
    }

    private void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        awaitInTime(
                "time has passed",
                () -> {
                    work();
                    return !clock.instant().isBefore(end);
                });
    }

    private String because() {
        return reconciler.activity(ID).because();
    }

    @Test
    void asManyComputeAsTheLoadNeedsAndFewerOnceItIsLess() {
        createScaled(1, 10, new Scaling.Cpu(70));
        load = 3;

        awaitInstances(5); // each at 60 %
        pass(LONG);
        assertThat(targets()).isEqualTo(5);
        assertThat(because())
                .startsWith("cpu ")
                .endsWith(" % on average over 5 instances, 70 % wanted: 5 instances");
        load = 0.1;

        awaitInstances(1);
        pass(LONG);
        assertThat(targets()).isEqualTo(1);
        assertThat(because()).endsWith("; cpu 10 % on average over 1 instance, 70 % wanted");
    }

    @Test
    void whatEachHoldsOfItsMemoryDoesTheSame() {
        createScaled(1, 4, new Scaling.Memory(50));
        held = 0.9;

        awaitInstances(4);
        assertThat(because()).contains("memory 90 % on average").contains("50 % wanted");
        held = 0.1;

        awaitInstances(1);
    }

    @Test
    void aCallWakesItWhatItComputesKeepsItAndThenItSleeps() {
        createScaled(0, 5, new Scaling.Cpu(70));
        load = 0.6;
        pass(IDLE.plus(LONG));

        assertThat(targets()).isEqualTo(1);
        load = 0;

        awaitInTime(
                "it sleeps",
                () -> {
                    work();
                    return engine.list(ID).isEmpty();
                });
        traffic = new Traffic(0, 1, 1, 1, Map.of());
        await("it serves", () -> targets() == 1);
    }

    @Test
    void whatCannotBeMeasuredStays() {
        createScaled(1, 5, new Scaling.Cpu(70));
        load = 1.6;
        awaitInstances(3);

        engine.fail(Call.USAGE, new EngineException(Kind.UNREACHABLE, "busy"));
        load = 0;
        awaitInTime("that is told", () -> because().equals("cpu is not known yet: 3 instances"));
        pass(LONG);

        assertThat(targets()).isEqualTo(3);
    }

    @Test
    void nothingIsReadOfWhatIsScaledByRequests() {
        createScaled(1, 5, new Scaling.Concurrency(10));

        pass(LONG);

        assertThat(engine.usageReads()).isZero();
    }

    @Test
    void nothingIsReadOfWhatSleeps() {
        createScaled(0, 5, new Scaling.Memory(70));
        pass(LONG);
        int awake = engine.usageReads();
        clock.advance(IDLE);
        awaitInTime("it sleeps", () -> engine.list(ID).isEmpty());
        pass(Duration.ofSeconds(1));
        int asleep = engine.usageReads();

        pass(LONG);

        assertThat(awake).isBetween(5, 13);
        assertThat(engine.usageReads()).isEqualTo(asleep);
    }

    @Test
    void aTagAddsASignalAndItsRequestsBind() {
        Container container =
                Samples.container()
                        .withSpecification(
                                "",
                                List.of("dormouse.scale-on=concurrency:7,memory:50"),
                                Samples.workload(),
                                Samples.scaled(Samples.service(), 1, 3));
        create(container);
        await("the first serves", () -> isSettled(Status.READY) && targets() > 0);
        assertThat(gatekeeper.newest().orElseThrow().instanceConcurrency()).isEqualTo(7);

        held = 0.9;

        awaitInstances(3);
    }

    @Test
    void aBurstStartsWhatItNeedsAndNoMore() {
        createScaled(0, 50, new Scaling.Concurrency(10));
        traffic = new Traffic(0, 500, 500, 500, Map.of());

        await("fifty serve", () -> targets() == 50);

        assertThat(engine.started()).hasSize(50);
    }
}
