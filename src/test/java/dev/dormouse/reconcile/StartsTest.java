package dev.dormouse.reconcile;

import static dev.dormouse.model.Start.Part.CREATE;
import static dev.dormouse.model.Start.Part.FORWARD;
import static dev.dormouse.model.Start.Part.LISTEN;
import static dev.dormouse.model.Start.Part.PROBE;
import static dev.dormouse.model.Start.Part.SCHEDULE;
import static dev.dormouse.model.Start.Part.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineException;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Start;
import dev.dormouse.model.Start.Cause;
import dev.dormouse.model.Start.Outcome;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.FakeEngine.Call;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the time of starts goes, and what caused them, while the test moves the clock. */
@Timeout(180)
class StartsTest extends LoopFixture {
    private static final Traffic SOMEBODY_WAITS = new Traffic(0, 1, 1, 1, Map.of());

    private List<Start> starts() {
        return reconciler.starts(ID);
    }

    /** As the loop has seen it, in a pass that is over. */
    private boolean isAsleep() {
        return engine.list(ID).isEmpty() && reconciler.activity(ID).instances().isEmpty();
    }

    private Start newest() {
        return starts().getFirst();
    }

    private void awaitStarts(int count) {
        await(count + " starts are over", () -> starts().size() == count);
    }

    private void passes(long seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    private static Map<Start.Part, Duration> seconds(Object... partsAndSeconds) {
        Map<Start.Part, Duration> took = new java.util.EnumMap<>(Start.Part.class);
        for (int i = 0; i < partsAndSeconds.length; i += 2) {
            took.put(
                    (Start.Part) partsAndSeconds[i],
                    Duration.ofSeconds((Integer) partsAndSeconds[i + 1]));
        }
        return took;
    }

    @Test
    void aRolloutsTimeGoesToTheImageThenToTheEngineAndNoneIsLost() throws Exception {
        Instant before = clock.instant();
        engine.pulls().hold();
        engine.starts().hold();
        engine.processes().hold();
        create(Samples.container());
        engine.pulls().awaitHeld(1);
        passes(5);
        engine.pulls().release();
        engine.starts().awaitHeld(1);
        passes(3);
        engine.starts().release();
        engine.processes().awaitHeld(1);
        passes(2);
        engine.processes().release();

        awaitStarts(1);

        Start only = newest();
        assertThat(only.cause()).isEqualTo(Cause.ROLLOUT);
        assertThat(only.because()).isEqualTo("revision 1 is being deployed");
        assertThat(only.outcome()).isEqualTo(Outcome.READY);
        assertThat(only.message()).isEmpty();
        assertThat(only.revision()).isEqualTo(1);
        assertThat(only.instanceId()).isEqualTo(engine.started().getFirst().instanceId());
        assertThat(only.at()).isEqualTo(before);
        assertThat(only.took())
                .isEqualTo(
                        seconds(
                                Start.Part.IMAGE,
                                5,
                                SCHEDULE,
                                0,
                                CREATE,
                                3,
                                START,
                                2,
                                LISTEN,
                                0,
                                PROBE,
                                0,
                                FORWARD,
                                0));
        assertThat(only.whole()).isEqualTo(Duration.between(before, clock.instant()));
    }

    @Test
    void whoWakesASleepingContainerIsItsCause() {
        createAndAwait(0);
        clock.advance(Duration.ofMinutes(20));
        Instant idle = clock.instant();
        awaitInTime("it sleeps", this::isAsleep);

        traffic = SOMEBODY_WAITS;

        awaitStarts(2);
        assertThat(newest().cause()).isEqualTo(Cause.REQUEST);
        assertThat(newest().took())
                .containsOnlyKeys(SCHEDULE, CREATE, START, LISTEN, PROBE, FORWARD);
        assertThat(newest().at()).isAfterOrEqualTo(idle);
        assertThat(newest().at().plus(newest().whole())).isEqualTo(clock.instant());
    }

    @Test
    void anImageThatIsFetchedAgainIsCountedAsThat() throws Exception {
        createAndAwait(0);
        String digest = live().image().id();
        clock.advance(Duration.ofMinutes(20));
        awaitInTime("it sleeps", this::isAsleep);
        publish();
        engine.prune(digest);
        engine.pulls().hold();

        traffic = SOMEBODY_WAITS;
        reconciler.poke(ID);
        engine.pulls().awaitHeld(1);
        passes(7);
        engine.pulls().release();

        awaitStarts(2);
        assertThat(newest().took()).containsEntry(Start.Part.IMAGE, Duration.ofSeconds(7));
        assertThat(newest().whole()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void moreCallersThanOneInstanceServesScaleUp() {
        createAndAwait(1);
        traffic = new Traffic(0, 200, 200, 200, Map.of());

        await("one more start is over", () -> starts().size() > 1);

        assertThat(newest().cause()).isEqualTo(Cause.SCALE_UP);
    }

    @Test
    void whatTheOwnerWantsKeptIsStartedForThat() {
        createAndAwait(1);
        store.write(tables -> {
            var before = tables.containers().find(ID).orElseThrow();
            tables.containers()
                    .update(
                            before.withSpecification(
                                    "",
                                    List.of(),
                                    before.workload(),
                                    Samples.scaled(before.service(), 2, 5)));
            return true;
        });
        reconciler.changed(ID);

        awaitStarts(2);

        assertThat(newest().cause()).isEqualTo(Cause.MIN_SCALE);
    }

    @Test
    void aRollbackIsToldFromARollout() {
        createAndAwait(1);
        Revision then = live();
        update(81);
        awaitInTime("the newer serves", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(newest().cause()).isEqualTo(Cause.ROLLOUT);

        rollBackTo(then);
        awaitInTime("the former serves", () -> live().number() == 3 && onlyLiveRuns(1));
        assertThat(newest().cause()).isEqualTo(Cause.ROLLBACK);
    }

    @Test
    void whatEndedIsReplacedAndThePauseAfterItIsCounted() {
        createAndAwait(1);
        engine.process(engine.started().getLast().instanceId()).exit(9);
        awaitStarts(2);
        assertThat(newest().cause()).isEqualTo(Cause.REPLACEMENT);
        assertThat(newest().whole()).isZero();

        engine.process(engine.started().getLast().instanceId()).exit(9);
        await("nothing runs", this::isAsleep);
        passes(30);
        awaitStarts(3);

        assertThat(newest().cause()).isEqualTo(Cause.REPLACEMENT);
        assertThat(newest().took()).containsEntry(SCHEDULE, Duration.ofSeconds(30));
        assertThat(newest().whole()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void nobodyTakesThePlaceOfWhatIsNotWantedAnyMore() {
        createAndAwait(0);
        clock.advance(Duration.ofMinutes(20));
        engine.process(engine.started().getLast().instanceId()).exit(9);
        awaitInTime("nothing runs", this::isAsleep);

        traffic = SOMEBODY_WAITS;

        awaitInTime("it serves", () -> targets() == 1);
        awaitStarts(2);
        assertThat(newest().cause()).isEqualTo(Cause.REQUEST);
    }

    @Test
    void aStartThatFailsIsToldWithWhatItFailedOf() {
        createAndAwait(1);
        update(BAD);
        awaitInTime("it has failed", () -> isSettled(Status.ERROR));

        assertThat(newest().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(newest().message()).contains("the process exited with code 3");
        assertThat(starts())
                .extracting(Start::cause)
                .containsExactly(
                        Cause.REPLACEMENT, Cause.REPLACEMENT, Cause.ROLLOUT, Cause.ROLLOUT);
    }

    @Test
    void aStartThatTheEngineRefusesEndsInThePartThatItCameTo() {
        createAndAwait(1);
        engine.fail(Call.START, new EngineException(EngineException.Kind.REFUSED, "not like this"));
        update(81);
        awaitInTime("it has failed", () -> isSettled(Status.ERROR));

        assertThat(newest().outcome()).isEqualTo(Outcome.FAILED);
        assertThat(newest().message()).isEqualTo("not like this");
        assertThat(newest().took()).containsOnlyKeys(Start.Part.IMAGE, SCHEDULE, CREATE);
    }

    @Test
    void aStartThatIsGivenUpIsToldAsThat() throws Exception {
        createAndAwait(1);
        engine.starts().hold();
        update(81);
        engine.starts().awaitHeld(1);
        passes(4);

        update(82);
        awaitStarts(2);
        engine.starts().release();

        assertThat(newest().outcome()).isEqualTo(Outcome.ABANDONED);
        assertThat(newest().message()).isEqualTo("its revision is not wanted any more");
        assertThat(newest().whole()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void whatRanBeforeTheServerBeganIsNotToldOf() {
        createAndAwait(1);

        restart();

        await("it serves again", () -> targets() == 1);
        assertThat(starts()).isEmpty();
    }

    @Test
    void whatIsDeletedIsForgotten() {
        createAndAwait(1);
        assertThat(starts()).hasSize(1);

        delete();

        awaitInTime("it is gone", () -> container().isEmpty());
        await("and forgotten", () -> starts().isEmpty());
    }
}
