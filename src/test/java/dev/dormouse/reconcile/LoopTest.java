package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Activity;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Status;
import dev.dormouse.model.Traffic;
import dev.dormouse.testing.FakeEngine.Call;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes, deaths and restarts, one at a time and in each other's way. */
@Timeout(180)
class LoopTest extends LoopFixture {
    private static EngineException noAnswer() {
        return new EngineException(EngineException.Kind.UNREACHABLE, "no answer");
    }

    private void itServedAllTheWhile() {
        assertThat(gatekeeper.routes()).allMatch(route -> !route.instances().isEmpty());
    }

    @Test
    void ofTwoUpdatesInOneInstantTheNewerServes() {
        createAndAwait(2);

        write(before -> before, 81, Status.UPDATING);
        update(82);

        awaitInTime("the newer serves", () -> isSettled(Status.READY) && onlyLiveRuns(2));
        assertThat(live().workload().port()).isEqualTo(82);
        assertThat(live().generation()).isEqualTo(3);
        itServedAllTheWhile();
    }

    @Test
    void anUpdateWhileInstancesStartTakesTheirPlace() throws Exception {
        createAndAwait(1);
        engine.starts().hold();
        update(81);
        engine.starts().awaitHeld(1);

        update(82);
        await(
                "the older is given up",
                () ->
                        revisions().stream()
                                .anyMatch(one -> one.state() == Revision.State.SUPERSEDED));
        engine.starts().release();

        awaitInTime("the newer serves", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(revisions())
                .extracting(Revision::state)
                .containsExactly(
                        Revision.State.LIVE, Revision.State.SUPERSEDED, Revision.State.RETIRED);
        itServedAllTheWhile();
    }

    @Test
    void anUpdateDuringAFailingDeployServesAndTheFailureIsForgotten() {
        createAndAwait(1);
        update(BAD);
        await("it fails", () -> engine.started().stream().anyMatch(one -> one.port() == BAD));

        update(81);

        awaitInTime("the newer serves", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(live().workload().port()).isEqualTo(81);
        assertThat(container().orElseThrow().errorMessage()).isEmpty();
        itServedAllTheWhile();
    }

    @Test
    void aRolloutThatFailsSaysWhyAndLeavesTheFormerServing() {
        createAndAwait(1);
        Revision former = live();

        update(BAD);

        awaitInTime("it has failed", () -> isSettled(Status.ERROR) && onlyLiveRuns(1));
        assertThat(live()).isEqualTo(former);
        assertThat(container().orElseThrow().errorMessage()).contains("exited with code 3");
        assertThat(revisions().getFirst())
                .extracting(Revision::state, Revision::message)
                .containsExactly(Revision.State.FAILED, container().orElseThrow().errorMessage());
        itServedAllTheWhile();
    }

    @Test
    void aRedeployDuringADeployRunsTheBytesOfNow() throws Exception {
        createAndAwait(1);
        engine.starts().hold();
        update(81);
        engine.starts().awaitHeld(1);

        String digest = publish();
        redeploy();
        await("the redeploy has begun", () -> revisions().getFirst().generation() == 3);
        engine.starts().release();

        awaitInTime("the redeploy serves", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(live().image().id()).isEqualTo(digest);
        assertThat(live().workload().port()).isEqualTo(81);
        itServedAllTheWhile();
    }

    @Test
    void aRollbackDuringADeployRunsTheBytesOfThen() throws Exception {
        createAndAwait(1);
        Revision then = live();
        publish();
        redeploy();
        awaitInTime("the new bytes serve", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        engine.starts().hold();
        update(81);
        engine.starts().awaitHeld(1);

        rollBackTo(then);
        engine.starts().release();

        awaitInTime(
                "what ran then runs",
                () -> isSettled(Status.READY) && onlyLiveRuns(1) && live().generation() == 4);
        assertThat(live().image()).isEqualTo(then.image());
        assertThat(live().workload().port()).isEqualTo(then.workload().port());
        assertThat(live().because()).isEqualTo("the container was rolled back to revision 1");
        assertThat(engine.started().getLast().image()).isEqualTo(then.image().id());
        itServedAllTheWhile();
    }

    @Test
    void aRollbackWhoseImageIsGoneForGoodFailsAndSaysSo() {
        createAndAwait(1);
        Revision then = live();
        publish();
        redeploy();
        awaitInTime("the new bytes serve", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        Revision now = live();
        engine.prune(then.image().id());
        engine.withdraw(then.image().id());

        rollBackTo(then);

        awaitInTime("it has failed", () -> isSettled(Status.ERROR));
        assertThat(container().orElseThrow().errorMessage())
                .startsWith("Revision 1 cannot be brought back: ")
                .contains("manifest unknown");
        assertThat(live()).isEqualTo(now);
        itServedAllTheWhile();
    }

    @Test
    void aSleepingRevisionWhoseImageWasPrunedIsPulledAgainByDigest() {
        createAndAwait(0);
        String digest = live().image().id();
        clock.advance(Duration.ofMinutes(20));
        awaitInTime("it sleeps", () -> engine.list(ID).isEmpty());
        publish();
        engine.prune(digest);

        traffic = new Traffic(0, 1, 1, 1, Map.of());

        awaitInTime("it serves", () -> targets() == 1);
        assertThat(engine.started().getLast().image()).isEqualTo(digest);
        assertThat(live().number()).isEqualTo(1);
    }

    @Test
    void whatCannotBePulledAgainIsToldToWhoeverCalls() {
        createAndAwait(0);
        String digest = live().image().id();
        clock.advance(Duration.ofMinutes(20));
        awaitInTime("it sleeps", () -> engine.list(ID).isEmpty());
        engine.prune(digest);
        engine.withdraw(digest);

        traffic = new Traffic(0, 1, 1, 1, Map.of());

        awaitInTime(
                "it is told", () -> gatekeeper.newest().orElseThrow().unavailable().isPresent());
        assertThat(gatekeeper.newest().orElseThrow().unavailable().orElseThrow())
                .contains("could not be pulled");
        publish();
        redeploy();
        awaitInTime("a redeploy helps", () -> targets() == 1);
    }

    @Test
    void aDeletionDuringAPullLeavesNothing() throws Exception {
        engine.pulls().hold();
        create(Samples.container());
        engine.pulls().awaitHeld(1);

        delete();

        await("it is gone while the pull goes on", () -> container().isEmpty());
        engine.pulls().release();
        assertThat(engine.started()).isEmpty();
        assertThat(gatekeeper.isWithdrawn()).isTrue();
    }

    @Test
    void aDeletionWhileAnInstanceStartsLeavesNothing() throws Exception {
        engine.starts().hold();
        create(Samples.container());
        engine.starts().awaitHeld(1);

        delete();
        engine.starts().release();

        awaitInTime("it is gone", () -> container().isEmpty() && engine.list().isEmpty());
    }

    @Test
    void aDeletionEndsWhatServesAndWhatIsBeingDeployed() throws Exception {
        createAndAwait(3);
        engine.starts().hold();
        update(81);
        engine.starts().awaitHeld(1);

        delete();
        engine.starts().release();

        awaitInTime("it is gone", () -> container().isEmpty() && engine.list().isEmpty());
        assertThat(gatekeeper.isWithdrawn()).isTrue();
    }

    @Test
    void requestsOnTheFormerInstanceAreFinishedFirst() {
        createAndAwait(1);
        String former = engine.started().getFirst().instanceId();
        traffic = new Traffic(1, 0, 1, 1, Map.of(former, 1));

        update(81);
        awaitInTime("the newer serves", () -> live().number() == 2);
        clock.advance(Samples.service().timeout().minusSeconds(100));
        await("a look is taken", () -> isDraining(former));

        assertThat(engine.stopped()).isEmpty();
        traffic = Traffic.NONE;
        awaitInTime("it leaves", () -> onlyLiveRuns(1));
        assertThat(engine.stopped()).extracting(stop -> stop.instanceId()).contains(former);
    }

    @Test
    void requestsInFlightAreToldAsOfNowAndNotAsOfTheLastPass() {
        createAndAwait(1);
        String only = engine.started().getFirst().instanceId();

        traffic = new Traffic(3, 0, 3, 3, Map.of(only, 3));

        assertThat(reconciler.activity(ID).instances())
                .extracting(Activity.InstanceView::inFlight)
                .containsExactly(3);
    }

    private boolean isDraining(String instanceId) {
        return reconciler.activity(ID).instances().stream()
                .anyMatch(one -> one.id().equals(instanceId) && one.state().equals("draining"));
    }

    @Test
    void aCrashIsMendedAtOnceAndTheNextOneAfterAPause() {
        createAndAwait(1);
        engine.process(engine.started().getLast().instanceId()).exit(9);
        await("it is replaced", () -> targets() == 1 && engine.started().size() == 2);

        engine.process(engine.started().getLast().instanceId()).exit(9);
        await("nothing runs", () -> engine.list(ID).isEmpty() && targets() == 0);
        assertThat(engine.started()).hasSize(2);

        awaitInTime("it is replaced", () -> targets() == 1);
        assertThat(engine.started()).hasSize(3);
    }

    @Test
    void anEngineThatIsAwayDuringAWriteHoldsItUpAndLosesNothing() {
        createAndAwait(1);
        engine.goAway();
        update(81);
        await("the write is seen", () -> !reconciler.activity(ID).steps().isEmpty());

        engine.comeBack();

        awaitInTime("it serves", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(live().workload().port()).isEqualTo(81);
        itServedAllTheWhile();
    }

    @Test
    void whatCannotBeStoppedNowIsStoppedLater() {
        createAndAwait(1);
        engine.fail(Call.STOP, noAnswer());
        update(81);
        awaitInTime("the newer serves", () -> isSettled(Status.READY) && targets() == 1);
        assertThat(engine.list(ID)).hasSize(2);

        engine.allow(Call.STOP);

        awaitInTime("the former is gone", () -> onlyLiveRuns(1));
    }

    @Test
    void theNextServerTakesOverWhatRuns() {
        createAndAwait(2);
        List<InstanceSpec> started = engine.started();

        restart();

        await("it serves again", () -> targets() == 2);
        assertThat(engine.started()).isEmpty();
        assertThat(gatekeeper.newest().orElseThrow().instances())
                .extracting(target -> target.instanceId())
                .containsExactlyInAnyOrderElementsOf(
                        started.stream().map(InstanceSpec::instanceId).toList());
    }

    @Test
    void theNextServerFinishesADeploy() throws Exception {
        createAndAwait(1);
        engine.starts().hold();
        update(81);
        engine.starts().awaitHeld(1);

        restart();

        awaitInTime("it is done", () -> isSettled(Status.READY) && onlyLiveRuns(1));
        assertThat(live().workload().port()).isEqualTo(81);
    }

    @Test
    void theNextServerFinishesADeletion() {
        createAndAwait(2);
        engine.fail(Call.STOP, noAnswer());
        delete();
        await("it is being deleted", gatekeeper::isWithdrawn);

        restart();

        awaitInTime("it is gone", () -> container().isEmpty() && engine.list().isEmpty());
    }

    @Test
    void whatNobodyWantsIsRemoved() {
        createAndAwait(1);
        reconciler.close();
        InstanceSpec like = engine.started().getFirst();
        UUID stranger = UUID.randomUUID();
        engine.start(
                new InstanceSpec(
                        "stray",
                        stranger,
                        1,
                        like.image(),
                        like.command(),
                        like.args(),
                        like.environment(),
                        like.port(),
                        like.memoryLimitBytes(),
                        like.mvcpuLimit(),
                        like.localStorageLimitBytes(),
                        like.sandbox()));

        restart();

        await("the stray is gone", () -> engine.list(stranger).isEmpty());
        assertThat(engine.list()).extracting(Instance::containerId).containsExactly(ID);
    }
}
