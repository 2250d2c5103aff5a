package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Swap;
import dev.dormouse.model.Route;
import dev.dormouse.model.Traffic;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is frozen for a while has its memory pushed out, and is woken all the same. */
class DeepTest extends LoopFixture {
    private static final Duration IDLE = Duration.ofMinutes(15);
    private static final Duration DEEP = Duration.ofMinutes(5);
    private static final Duration FROZEN_FOR = Duration.ofHours(24);

    @Override
    Map<String, String> settings() {
        return Map.of("DORMOUSE_RESYNC_EVERY", "50ms"); // by a clock that nobody sets
    }

    @AfterEach
    void letGo() {
        engine.pushing().release();
    }

    private String frozen() {
        createAndAwait(0);
        clock.advance(IDLE);
        awaitInTime("it is frozen", () -> isOnlyOne("frozen"));
        return route().instances().getFirst().instanceId();
    }

    private String deep() {
        engine.swapsTo(Swap.COMPRESSED);
        String id = frozen();
        clock.advance(DEEP);
        awaitInTime("it is deep", () -> isOnlyOne("deep"));
        return id;
    }

    private Route route() {
        return gatekeeper.newest().orElseThrow();
    }

    private boolean isOnlyOne(String state) {
        return engine.list(ID).size() == 1
                && route().frozen().size() == 1
                && reconciler.activity(ID).instances().stream()
                        .allMatch(one -> one.state().equals(state));
    }

    private boolean isServing(String id) {
        return route().frozen().isEmpty()
                && route().instances().stream().anyMatch(one -> one.instanceId().equals(id));
    }

    @Test
    void afterAWhileItsMemoryIsPushedOutAndARequestIsToWakeIt() {
        String id = deep();

        assertThat(engine.process(id).isDeep()).isTrue();
        assertThat(route().frozen()).containsExactly(id);
        assertThat(engine.stopped()).isEmpty();
    }

    @Test
    void whoWakesItHasTheSameInstance() throws Exception {
        String id = deep();
        traffic = new Traffic(1, 0, 1, 1, Map.of(id, 1));

        reconciler.wake(ID, id).get(10, TimeUnit.SECONDS);

        assertThat(engine.process(id).isFrozen()).isFalse();
        await("it serves", () -> isServing(id));
        assertThat(engine.started()).hasSize(1);
    }

    @Test
    void aWakeDoesNotWaitForItsMemoryToBePushedOut() throws Exception {
        engine.swapsTo(Swap.COMPRESSED);
        String id = frozen();
        engine.pushing().hold();
        clock.advance(DEEP);
        awaitInTime("memory is being pushed out", () -> isOnlyOne("sinking"));
        traffic = new Traffic(1, 0, 1, 1, Map.of(id, 1));

        reconciler.wake(ID, id).get(10, TimeUnit.SECONDS);

        await("it serves", () -> isServing(id));
        engine.pushing().release();
        traffic = Traffic.NONE;
        clock.advance(IDLE);
        awaitInTime("it is frozen again", () -> isOnlyOne("frozen"));
        assertThat(engine.process(id).isDeep()).isFalse();
    }

    @Test
    void whereNothingIsWonItStaysFrozenAndIsTriedAgainMuchLater() {
        engine.swapsTo(Swap.COMPRESSED);
        engine.pushesOut(5);
        frozen();
        engine.pushing().hold();
        clock.advance(DEEP);
        await("it is tried", () -> isOnlyOne("sinking"));
        engine.pushing().release();
        await("it was tried", () -> isOnlyOne("frozen"));
        engine.pushesOut(60);
        clock.advance(Duration.ofHours(1));

        await("it is tried once more", () -> isOnlyOne("deep"));

        assertThat(engine.pushes()).isEqualTo(2);
    }

    @Test
    void whereMostIsOutAlreadyItIsDeepThoughLittleMoreIsWon() {
        deep();
        engine.pushesOut(5);
        restart();
        await("it is adopted", () -> isOnlyOne("frozen"));

        clock.advance(DEEP);

        await("it is deep again", () -> isOnlyOne("deep"));
    }

    @Test
    void whenTheMachineIsShortOfMemoryItDoesNotTakeAWhile() {
        engine.swapsTo(Swap.COMPRESSED);
        frozen();

        engine.isShortOfMemory(true);

        await("it is deep", () -> isOnlyOne("deep"));
    }

    @Test
    void whatHasAKernelOfItsOwnKeepsItsMemory() {
        engine.keepsApart();
        engine.swapsTo(Swap.COMPRESSED);
        frozen();
        clock.advance(DEEP);
        engine.isShortOfMemory(true);

        clock.advance(FROZEN_FOR);

        awaitInTime("it was frozen until it was stopped", () -> engine.list(ID).isEmpty());
        assertThat(engine.pushes()).isZero();
    }

    @Test
    void theNextServerFindsItFrozen() {
        String id = deep();

        restart();

        await("it is adopted", () -> isOnlyOne("frozen"));
        assertThat(route().frozen()).containsExactly(id);
        assertThat(engine.started()).isEmpty();
    }

    @Test
    void aDeletionEndsIt() {
        deep();

        delete();

        awaitInTime("nothing is left", () -> container().isEmpty() && engine.list(ID).isEmpty());
    }
}
