package dev.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.testing.FakeEngine;
import dev.dormouse.testing.FakeEngine.Call;
import dev.dormouse.testing.FakeProgram;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FakeEngineTest extends EngineContract {
    private final FakeEngine machine = new FakeEngine(InstantSource.system());

    FakeEngineTest() {
        publish(image());
    }

    @Override
    protected Engine connect(UUID asServer) {
        return machine.onSameMachine(asServer);
    }

    @Override
    protected String image() {
        return "hello:1";
    }

    @Override
    protected void publish(String reference) {
        machine.image(reference, FakeProgram.byArguments());
    }

    @Override
    protected AutoCloseable swap() {
        machine.swapsTo(Swap.COMPRESSED);
        return () -> machine.swapsTo(Swap.NONE);
    }

    private FakeEngine fake() {
        return (FakeEngine) engine;
    }

    @Test
    void heldStartsGoOnWhenReleased() throws Exception {
        InstanceSpec spec = spec();
        fake().starts().hold();
        CompletableFuture<Instance> start = CompletableFuture.supplyAsync(() -> engine.start(spec));
        fake().starts().awaitHeld(1);
        assertThat(engine.list()).isEmpty();

        fake().starts().release();

        assertThat(start.get(DEADLINE_SECONDS, TimeUnit.SECONDS).id()).isEqualTo(spec.instanceId());
        assertThat(fake().started()).containsExactly(spec);
    }

    @Test
    void processesEndWhenTold() throws Exception {
        Instance first = engine.start(spec());
        Instance second = engine.start(spec());

        fake().process(first.id()).exit(7);
        fake().process(second.id()).runOutOfMemory();

        assertThat(awaitEnd(first.id())).isEqualTo(new State.Exited(7, false));
        assertThat(awaitEnd(second.id())).isEqualTo(new State.Exited(137, true));
    }

    @Test
    void instancesAreReachedWhereTheTestSays() {
        fake().reachAt(spec -> new State.Running("127.0.0.2", 9000));

        assertThat(engine.start(spec()).state()).isEqualTo(new State.Running("127.0.0.2", 9000));
    }

    @Test
    void imagesAndStartsFailWhenTold() {
        InstanceSpec spec = spec();
        fake().failResolve(image(), new EngineException(Kind.IMAGE, "denied"));
        fake().fail(Call.START, new EngineException(Kind.UNREACHABLE, "busy"));

        assertThatThrownBy(() -> engine.resolve(image())).hasMessage("denied");
        assertThatThrownBy(() -> engine.start(spec)).hasMessage("busy");
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void anAbsentEngineIsUnreachableAndItsReturnIsTold() throws Exception {
        engine.start(spec());
        fake().settle();
        events.clear();
        fake().goAway();
        assertThatThrownBy(engine::list)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));

        fake().comeBack();

        assertThat(events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo(new EngineEvent.Resync());
        assertThat(engine.list()).hasSize(1);
    }
}
