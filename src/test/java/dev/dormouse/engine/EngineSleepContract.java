package dev.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dormouse.engine.EngineException.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every engine does with instances that stand still, and what it measures of all. */
abstract class EngineSleepContract extends EngineFixture {
    @Test
    void whatIsFrozenIsListedSoAndGoesOnWhenThawed() {
        Instance started = engine.start(spec());

        engine.freeze(started.id());
        engine.freeze(started.id());
        assertThat(engine.list()).allMatch(Instance::isFrozen).hasSize(1);
        engine.thaw(started.id());
        engine.thaw(started.id());

        assertThat(engine.list()).containsExactly(started);
    }

    @Test
    void whatIsFrozenCanBeStopped() {
        Instance started = engine.start(spec());
        engine.freeze(started.id());

        engine.stop(started.id(), Duration.ofSeconds(5));

        assertThat(engine.list()).isEmpty();
    }

    @Test
    void aRestartedServerFindsWhatIsFrozenAndThawsIt() {
        Instance started = engine.start(spec());
        engine.freeze(started.id());
        engine.close();
        forget(engine);

        Engine next = connected(serverId);
        assertThat(next.list()).allMatch(Instance::isFrozen).hasSize(1);
        next.thaw(started.id());

        assertThat(next.list()).containsExactly(started);
    }

    @Test
    void whatComputesHasUsedItsTime() {
        Duration burnt = Duration.ofSeconds(1);
        Instance idle = engine.start(spec());
        Instance burning = engine.start(spec("burn=" + burnt.toMillis()));

        Duration least = burnt.multipliedBy(hundredthsComputed()).dividedBy(100);

        Usage used = awaitUsage(burning, usage -> usage.cpuTime().compareTo(least) >= 0);

        assertThat(engine.usage(burning.id()).cpuTime()).isGreaterThanOrEqualTo(used.cpuTime());
        assertThat(engine.usage(idle.id()).cpuTime()).isLessThan(least);
    }

    @Test
    void whatAllocatesHoldsItsMemory() {
        long held = MEMORY_BYTES / 2;
        Instance idle = engine.start(spec());
        Instance allocating = engine.start(spec("allocate=" + (held >> 20)));

        Usage used = awaitUsage(allocating, usage -> usage.memoryBytes() >= held);

        assertThat(used.chargedBytes()).isBetween(used.memoryBytes(), MEMORY_BYTES);
        assertThat(engine.usage(idle.id()).memoryBytes()).isLessThan(held);
    }

    @Test
    void whatDoesNotRunCannotBeMeasured() throws Exception {
        InstanceSpec ended = spec("exit=0");
        engine.start(ended);
        awaitEnd(ended.instanceId());

        for (String id : List.of(ended.instanceId(), "never-was")) {
            assertThatThrownBy(() -> engine.usage(id))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED));
        }
    }

    @Test
    void whatIsFrozenHoldsLessOnceItsMemoryIsPushedOutAndGoesOnWhenThawed() throws Exception {
        Instance started = engine.start(spec("allocate=" + (MEMORY_BYTES >> 21)));
        awaitUsage(started, usage -> usage.memoryBytes() >= MEMORY_BYTES / 2);
        try (AutoCloseable _ = swap()) {
            assumeTrue(
                    engine.capabilities().swap() != Swap.NONE && started.runtime().bearsFreezing(),
                    "this engine cannot");
            engine.freeze(started.id());

            PushedOut memory = engine.pushOut(started.id());

            assertThat(memory.isWon()).as("%s", memory).isTrue();
            PushedOut again = engine.pushOut(started.id());
            assertThat(again.isWon()).as("what is out already counts: %s", again).isTrue();
            assertThat(engine.list()).allMatch(Instance::isFrozen).hasSize(1);
            engine.thaw(started.id());
            assertThat(engine.list()).containsExactly(started);
        }
    }

    @Test
    void whatKeepsItsMemoryIsNotAskedForIt() throws Exception {
        Instance started = engine.start(spec());
        assumeTrue(!started.runtime().bearsFreezing(), "it bears freezing");
        engine.freeze(started.id());

        try (AutoCloseable _ = swap()) {
            assertThatThrownBy(() -> engine.pushOut(started.id()))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED));
        }
        assertThat(engine.list()).allMatch(Instance::isFrozen).hasSize(1);
    }

    @Test
    void theMemoryOfWhatIsNotFrozenIsLeftWhereItIs() throws Exception {
        Instance started = engine.start(spec());
        try (AutoCloseable _ = swap()) {
            assertThat(engine.pushOut(started.id())).isEqualTo(PushedOut.NOTHING);
            assertThat(engine.pushOut("never-was")).isEqualTo(PushedOut.NOTHING);
        }
    }

    @Test
    void memoryIsNotPushedOutToNothing() {
        assumeTrue(engine.capabilities().swap() == Swap.NONE, "there is swap");
        Instance started = engine.start(spec());
        engine.freeze(started.id());

        assertThatThrownBy(() -> engine.pushOut(started.id()))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED));
        assertThat(engine.list()).allMatch(Instance::isFrozen).hasSize(1);
    }

    @Test
    void purgingRemovesWhatAnotherServerFroze() {
        Instance started = engine.start(spec());
        engine.freeze(started.id());
        engine.close();
        forget(engine);

        Engine next = connected(serverId);
        next.purge();

        assertThat(next.list()).isEmpty();
    }
}
