package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineException;
import dev.dormouse.model.Start;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.FakeEngine.Call;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Spares stand by frozen for bursts, as long as nobody else needs the room. */
class StandbyTest extends LoopFixture {
    private static final Duration IDLE = Duration.ofMinutes(15);
    private static final Traffic THREE_ARE_NEEDED = new Traffic(0, 120, 120, 120, Map.of());

    private String frozenMemory = "100GB";

    @Override
    Map<String, String> settings() {
        return Map.of("DORMOUSE_SLEEP", "freeze", "DORMOUSE_FROZEN_MEMORY", frozenMemory);
    }

    private void createWithTwoSpares() {
        create(
                Samples.container()
                        .withSpecification(
                                "",
                                List.of("dormouse.standby=2"),
                                Samples.workload(),
                                Samples.service()));
        await("the first revision serves", () -> isSettled(Status.READY) && targets() > 0);
    }

    private long in(String state) {
        return reconciler.activity(ID).instances().stream()
                .filter(one -> one.state().equals(state))
                .count();
    }

    @Test
    void sparesStandBesideWhatServesAndWhatSleepsAndABurstHasThemAtOnce() {
        createWithTwoSpares();
        awaitInTime("two stand by", () -> in("ready") == 1 && in("frozen") == 2);
        assertThat(reconciler.starts(ID))
                .extracting(Start::cause)
                .containsExactly(Start.Cause.STANDBY, Start.Cause.STANDBY, Start.Cause.ROLLOUT);
        clock.advance(IDLE);
        awaitInTime("all sleep", () -> in("frozen") == 3);
        assertThat(engine.started()).hasSize(3);
        engine.starts().hold();

        traffic = THREE_ARE_NEEDED;

        await("three serve, none of them started now", () -> in("ready") == 3);
        engine.starts().release();
        awaitInTime("two stand by again", () -> in("ready") == 3 && in("frozen") == 2);
        assertThat(engine.started()).as("max_scale is 5").hasSize(5);
        assertThat(engine.stopped()).isEmpty();
    }

    @Test
    void whoCallsDoesNotWaitForASpareThatStarts() {
        createWithTwoSpares();
        awaitInTime("two stand by", () -> in("ready") == 1 && in("frozen") == 2);
        clock.advance(IDLE);
        awaitInTime("all sleep", () -> in("frozen") == 3);
        engine.starts().hold();
        engine.process(engine.started().getLast().instanceId()).exit(1);
        await("a spare takes its place", () -> in("preparing") == 1 && in("frozen") == 2);

        traffic = new Traffic(0, 1, 1, 1, Map.of());

        await("one serves", () -> in("ready") == 1 && in("preparing") == 1);
    }

    @Test
    void aSpareThatFailsSaysNothingOfWhatServes() {
        createWithTwoSpares();
        awaitInTime("two stand by", () -> in("ready") == 1 && in("frozen") == 2);
        clock.advance(IDLE);
        awaitInTime("all sleep", () -> in("frozen") == 3);
        engine.fail(Call.START, new EngineException(EngineException.Kind.REFUSED, "no"));

        engine.process(engine.started().getFirst().instanceId()).exit(1);
        for (int fails = 1; fails <= Planner.EXITS_MAX; fails++) {
            int so = fails;
            awaitInTime("a spare fails", () -> failures() == so);
            clock.advance(Standby.PAUSE);
        }

        assertThat(isSettled(Status.READY)).isTrue();
        traffic = new Traffic(0, 1, 1, 1, Map.of());
        await("one serves at once", () -> in("ready") == 1);
    }

    private long failures() {
        return reconciler.starts(ID).stream()
                .filter(start -> start.cause() == Start.Cause.STANDBY)
                .filter(start -> start.outcome() == Start.Outcome.FAILED)
                .count();
    }

    @Test
    void whereFrozenMemoryIsShortNoSpareIsStarted() {
        frozenMemory = "3GB";
        restart();
        createWithTwoSpares();
        clock.advance(IDLE);
        awaitInTime("it sleeps", () -> in("frozen") == 1);

        for (int minute = 0; minute < 10; minute++) {
            clock.advance(Duration.ofMinutes(1));
            awaitInTime("it sleeps on", () -> in("frozen") == 1);
        }

        assertThat(engine.started()).hasSize(1);
        assertThat(engine.stopped()).isEmpty();
    }

    @Test
    void sparesOutliveWhatIsNotNeededAndLeaveWithTheirRevision() {
        createWithTwoSpares();
        clock.advance(IDLE);
        awaitInTime("all sleep", () -> in("frozen") == 3);
        clock.advance(Duration.ofHours(25));
        awaitInTime("they sleep on", () -> in("frozen") == 3);
        assertThat(engine.started()).hasSize(3);

        redeploy();

        awaitInTime(
                "the next revision has its own",
                () -> isSettled(Status.READY) && in("ready") == 1 && in("frozen") == 2);
        assertThat(engine.list(ID)).hasSize(3).allMatch(one -> one.revision() == 2);
    }
}
