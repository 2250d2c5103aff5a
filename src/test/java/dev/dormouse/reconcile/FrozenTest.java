package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineException;
import dev.dormouse.model.Route;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.FakeEngine.Call;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is not needed stands still, and goes on when it is. */
class FrozenTest extends LoopFixture {
    private static final Duration IDLE = Duration.ofMinutes(15);
    private static final Traffic TWO_WAIT = new Traffic(0, 2, 2, 2, Map.of());

    @Override
    Map<String, String> settings() {
        return Map.of("DORMOUSE_SLEEP", "freeze");
    }

    /** The only instance, once it is frozen and the gateway knows. */
    private String frozen() {
        createAndAwait(0);
        clock.advance(IDLE);
        awaitInTime("it is frozen", this::isOnlyOneFrozen);
        return route().instances().getFirst().instanceId();
    }

    private Route route() {
        return gatekeeper.newest().orElseThrow();
    }

    private boolean isOnlyOneFrozen() {
        return engine.list(ID).size() == 1
                && targets() == 1
                && route().frozen().size() == 1
                && reconciler.activity(ID).instances().stream()
                        .allMatch(one -> one.state().equals("frozen"));
    }

    private boolean isServing(String id) {
        Optional<Route> route = gatekeeper.newest();
        return route.isPresent()
                && route.get().frozen().isEmpty()
                && route.get().instances().stream().anyMatch(one -> one.instanceId().equals(id));
    }

    @Test
    void anIdleInstanceStandsStillAndARequestIsToWakeIt() {
        String id = frozen();

        assertThat(engine.process(id).isFrozen()).isTrue();
        assertThat(route().frozen()).containsExactly(id);
        assertThat(engine.stopped()).isEmpty();
    }

    @Test
    void whoWakesItHasItAtOnceAndTheNextRoundSleepsAgain() throws Exception {
        String id = frozen();
        traffic = new Traffic(1, 0, 1, 1, Map.of(id, 1));

        reconciler.wake(ID, id).get(10, TimeUnit.SECONDS);

        assertThat(engine.process(id).isFrozen()).isFalse();
        await("it serves", () -> isServing(id));
        traffic = Traffic.NONE;
        clock.advance(IDLE);
        awaitInTime("it is frozen again", this::isOnlyOneFrozen);
        assertThat(engine.started()).hasSize(1);
    }

    @Test
    void aNeedThatRisesThawsBeforeItStarts() {
        String id = frozen();

        traffic = new Traffic(0, 80, 80, 80, Map.of());
        await("two serve", () -> targets() == 2 && isServing(id));

        assertThat(engine.started()).hasSize(2);
        assertThat(engine.stopped()).isEmpty();
    }

    @Test
    void theNextServerFindsItFrozenAndLeavesItSo() {
        String id = frozen();

        restart();
        await("it is adopted", this::isOnlyOneFrozen);

        assertThat(route().frozen()).containsExactly(id);
        assertThat(engine.process(id).isFrozen()).isTrue();
        assertThat(engine.started()).isEmpty();
    }

    @Test
    void aRolloutAndADeletionEndIt() {
        String id = frozen();

        redeploy();
        awaitInTime("the next revision alone", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(engine.list(ID)).noneMatch(one -> one.id().equals(id));
        clock.advance(IDLE);
        awaitInTime("that is frozen too", this::isOnlyOneFrozen);
        delete();

        awaitInTime("nothing is left", () -> container().isEmpty() && engine.list(ID).isEmpty());
    }

    @Test
    void itsEndIsNoFailureForNobodyNeedsIt() {
        for (int i = 0; i < 2 * Planner.EXITS_MAX; i++) {
            String id = i == 0 ? frozen() : frozenAgain();
            engine.process(id).exit(137);
            await("it is gone", () -> engine.list(ID).isEmpty());
            assertThat(isSettled(Status.READY)).isTrue();
            traffic = TWO_WAIT;
            await("another serves", () -> engine.list(ID).size() == 1 && isServing(newest()));
            traffic = Traffic.NONE;
        }
    }

    private String newest() {
        return engine.started().getLast().instanceId();
    }

    private String frozenAgain() {
        clock.advance(IDLE);
        awaitInTime("it is frozen", this::isOnlyOneFrozen);
        return route().instances().getFirst().instanceId();
    }

    @Test
    void whatCannotBeFrozenIsStopped() {
        engine.fail(Call.FREEZE, new EngineException(EngineException.Kind.REFUSED, "no"));

        createAndAwait(0);
        clock.advance(IDLE);

        awaitInTime("it is stopped", () -> engine.list(ID).isEmpty() && targets() == 0);
    }

    @Test
    void whatCannotBeWokenForTheEngineIsAwayWaitsForIt() {
        String id = frozen();
        engine.goAway();
        assertThat(reconciler.wake(ID, id)).failsWithin(Duration.ofSeconds(10));
        traffic = TWO_WAIT;
        awaitInTime("the loop has tried several times", () -> triesToWake(id) > 3);

        engine.comeBack();

        await("it serves", () -> isServing(id));
        assertThat(engine.started()).hasSize(1);
        assertThat(engine.stopped()).isEmpty();
        assertThat(isSettled(Status.READY)).isTrue();
    }

    private long triesToWake(String id) {
        return reconciler.activity(ID).steps().stream()
                .filter(step -> step.contains("resum") && step.contains(id))
                .count();
    }

    @Test
    void whatCannotBeWokenIsReplaced() {
        String id = frozen();
        engine.fail(Call.THAW, new EngineException(EngineException.Kind.REFUSED, "it is stuck"));

        assertThat(reconciler.wake(ID, id)).failsWithin(Duration.ofSeconds(10));
        traffic = TWO_WAIT;

        awaitInTime(
                "another serves",
                () ->
                        targets() == 1
                                && route().frozen().isEmpty()
                                && !route().instances().getFirst().instanceId().equals(id));
    }
}
