package dev.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.engine.Engine.Subscription;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every engine does. A subclass brings the engine and an image of the test server. */
public abstract class EngineContract extends EngineSleepContract {
    @Test
    void aStartedInstanceIsListedAsItWasStarted() {
        InstanceSpec spec = spec();

        Instance started = engine.start(spec);

        assertThat(started.id()).isEqualTo(spec.instanceId());
        assertThat(started.containerId()).isEqualTo(container);
        assertThat(started.revision()).isEqualTo(spec.revision());
        assertThat(started.state()).isInstanceOf(State.Running.class);
        assertThat(engine.list()).containsExactly(started);
    }

    @Test
    void theInstancesOfOneContainerAreListedAlone() {
        UUID other = UUID.randomUUID();
        Instance first = engine.start(spec());
        Instance second = engine.start(specOf(other));

        assertThat(engine.list(container)).containsExactly(first);
        assertThat(engine.list(other)).containsExactly(second);
        assertThat(engine.list(UUID.randomUUID())).isEmpty();
        assertThat(engine.list()).containsExactlyInAnyOrder(first, second);
    }

    @Test
    void anEndedInstanceStaysListedWithItsExitCode() throws Exception {
        InstanceSpec spec = spec("exit=3");
        engine.start(spec);

        assertThat(awaitEnd(spec.instanceId())).isEqualTo(new State.Exited(3, false));
        assertThat(engine.list(container)).hasSize(1);
    }

    @Test
    void stoppingRemovesTheInstance() throws Exception {
        Instance started = engine.start(spec());

        engine.stop(started.id(), Duration.ofSeconds(5));

        assertThat(engine.list()).isEmpty();
    }

    @Test
    void stoppingRemovesAnEndedInstanceToo() throws Exception {
        InstanceSpec spec = spec("exit=0");
        engine.start(spec);
        awaitEnd(spec.instanceId());

        engine.stop(spec.instanceId(), NO_GRACE);

        assertThat(engine.list()).isEmpty();
    }

    @Test
    void stoppingTwiceOrWhatNeverWasDoesNothing() {
        Instance started = engine.start(spec());
        Instance other = engine.start(spec());

        engine.stop(started.id(), NO_GRACE);
        engine.stop(started.id(), NO_GRACE);
        engine.stop("never-was", NO_GRACE);
        engine.stop("../" + other.id(), NO_GRACE);

        assertThat(engine.list()).containsExactly(other);
    }

    @Test
    void aProcessThatIgnoresTheSignalIsEndedAfterTheGrace() {
        Instance started = engine.start(spec("ignore-term"));

        engine.stop(started.id(), Duration.ofSeconds(1));

        assertThat(engine.list()).isEmpty();
    }

    @Test
    void aCommandThatTheImageLacksIsToldAndLeavesNothing() {
        InstanceSpec spec = withCommand(spec(), "my-script.sh");

        assertThatThrownBy(() -> engine.start(spec))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.COMMAND))
                .hasMessage("exec: \"my-script.sh\": executable file not found in $PATH");
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void aStartTellsOnceWhenItsInstanceIsCreated() {
        List<Thread> told = new ArrayList<>();

        engine.start(spec(), () -> told.add(Thread.currentThread()));

        assertThat(told).containsExactly(Thread.currentThread());
    }

    @Test
    void aStartThatFailsTellsHowFarItCame() {
        List<String> told = new ArrayList<>();
        InstanceSpec lacking = withImage(spec(), "sha256:" + "ab".repeat(32));
        InstanceSpec wrong = withCommand(spec(), "my-script.sh");

        assertThatThrownBy(() -> engine.start(lacking, () -> told.add("without its image")))
                .isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> engine.start(wrong, () -> told.add("without its command")))
                .isInstanceOf(EngineException.class);

        assertThat(told).containsExactly("without its command");
    }

    @Test
    void anInstanceIdIsUsedOnce() {
        InstanceSpec spec = spec();
        Instance first = engine.start(spec);

        assertThatThrownBy(() -> engine.start(spec))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED));
        assertThat(engine.list()).containsExactly(first);
    }

    @Test
    void anImageThatVanishedIsAnImageError() {
        InstanceSpec other = withImage(spec(), "sha256:" + "ab".repeat(32));

        assertThatThrownBy(() -> engine.start(other))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IMAGE));
        assertThat(engine.list()).isEmpty();
    }

    @Test
    void anImageThatIsThereIsRestoredThoughItsTagMovedAndNoRegistryHasIt() {
        String reference = "dormouse-test/restored-" + serverId + ":1";
        publish(reference);
        ExactImage before = engine.resolve(reference).exact();
        publish(reference);

        assertThat(engine.restore(before).exact()).isEqualTo(before);
    }

    @Test
    void anImageThatIsNowhereCannotBeRestored() {
        String id = "sha256:" + "ab".repeat(32);

        assertThatThrownBy(() -> engine.restore(new ExactImage(id, id)))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IMAGE))
                .hasMessageContaining(id);
    }

    @Test
    void anImageThatNobodyHasIsNamedInTheError() {
        assertThatThrownBy(() -> engine.resolve("127.0.0.1:9/no/such:1"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IMAGE))
                .hasMessageStartingWith("Image \"127.0.0.1:9/no/such:1\" could not be pulled: ");
    }

    @Test
    void aMovedTagIsResolvedToOtherBytes() {
        String reference = "dormouse-test/moved-" + serverId + ":1";
        publish(reference);
        ResolvedImage before = engine.resolve(reference);
        ResolvedImage again = engine.resolve(reference);
        publish(reference);

        assertThat(again.digest()).isEqualTo(before.digest());
        assertThat(engine.resolve(reference).digest()).isNotEqualTo(before.digest());
    }

    @Test
    void comingEndingAndGoingAreToldAsTheContainersChanges() throws Exception {
        InstanceSpec spec = spec("exit=1");
        EngineEvent change = new EngineEvent.Changed(container);

        engine.start(spec);
        awaitEnd(spec.instanceId());
        events.clear();
        engine.stop(spec.instanceId(), NO_GRACE);

        assertThat(events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(change);
    }

    @Test
    void aClosedWatchHearsNothingMore() throws Exception {
        BlockingQueue<EngineEvent> heard = new LinkedBlockingQueue<>();
        Subscription watch = engine.watch(heard::add);
        watch.close();
        watch.close();

        Instance started = engine.start(spec());

        assertThat(events.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isNotNull();
        engine.stop(started.id(), NO_GRACE);
        awaitInstances(List::isEmpty);
        assertThat(heard).isEmpty();
    }

    @Test
    void linesComeInOrderWithTheirStreamAndTime() throws Exception {
        Instant before = Instant.now().minusSeconds(5);
        InstanceSpec spec = spec("lines=300", "part=the end", "exit=0");
        engine.start(spec);

        List<LogLine> lines = awaitLines(spec.instanceId(), BEGINNING, 301);

        for (int i = 0; i < 300; i++) {
            assertThat(lines.get(i).text()).isEqualTo("line " + i);
        }
        assertThat(lines.getLast().text()).isEqualTo("the end");
        assertThat(lines)
                .allSatisfy(line -> {
                    assertThat(line.instanceId()).isEqualTo(spec.instanceId());
                    assertThat(line.stream()).isEqualTo("stdout");
                    assertThat(line.at()).isAfter(before);
                })
                .isSortedAccordingTo((a, b) -> a.at().compareTo(b.at()));
    }

    @Test
    void errorsAreToldApartFromOutput() throws Exception {
        InstanceSpec spec = spec("error=oh no");
        engine.start(spec);

        LogLine line = awaitLines(spec.instanceId(), BEGINNING, 1).getFirst();

        assertThat(line.stream()).isEqualTo("stderr");
        assertThat(line.text()).isEqualTo("oh no");
    }

    @Test
    void linesFromAMomentOnBeginExactlyThere() throws Exception {
        InstanceSpec spec = spec("lines=50", "exit=0");
        engine.start(spec);
        List<LogLine> all = awaitLines(spec.instanceId(), BEGINNING, 50);

        List<LogLine> some = awaitLines(spec.instanceId(), all.get(20).at(), 30);

        assertThat(some).isEqualTo(all.subList(20, 50));
    }

    @Test
    void theEndOfTheOutputIsToldOnceAfterTheLastLine() throws Exception {
        InstanceSpec spec = spec("lines=20", "part=last words", "exit=0");
        engine.start(spec);
        awaitEnd(spec.instanceId());
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        engine.logs(
                spec.instanceId(),
                BEGINNING,
                line -> heard.add(line.text()),
                () -> heard.add("(end)"));

        List<String> all = new ArrayList<>();
        while (!all.contains("(end)")) {
            String next = heard.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("more after %s", all).isNotNull();
            all.add(next);
        }
        assertThat(all).hasSize(22).endsWith("line 19", "last words", "(end)");
        assertThat(heard).isEmpty();
    }

    @Test
    void theOutputOfWhatNeverWasEndsAtOnce() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        engine.logs("never-was", BEGINNING, line -> heard.add("line"), () -> heard.add("(end)"));

        assertThat(heard.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("(end)");
    }

    @Test
    void aLongLineComesWhole() throws Exception {
        InstanceSpec spec = spec("long=50000", "exit=0");
        engine.start(spec);

        LogLine line = awaitLines(spec.instanceId(), BEGINNING, 1).getFirst();

        assertThat(line.text()).isEqualTo("x".repeat(50_000));
    }

    @Test
    void manyStartAtOnceAndEachIsItself() throws Exception {
        List<InstanceSpec> specs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            specs.add(spec("print=" + i));
        }

        List<Instance> started = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Instance> start :
                    specs.stream().map(spec -> threads.submit(() -> engine.start(spec))).toList()) {
                started.add(start.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
            }
        }

        assertThat(engine.list()).containsExactlyInAnyOrderElementsOf(started);
        for (InstanceSpec spec : specs) {
            assertThat(awaitLines(spec.instanceId(), BEGINNING, 1).getFirst().text())
                    .isEqualTo(spec.args().getFirst().substring("print=".length()));
        }
    }

    @Test
    void anotherServersInstancesAreLeftAlone() throws Exception {
        Engine other = connected(UUID.randomUUID());
        InstanceSpec spec = spec();
        Instance ours = engine.start(spec);
        Instance theirs = other.start(spec);

        other.stop(ours.id(), NO_GRACE);
        assertThat(other.list()).isEmpty();
        assertThat(engine.list()).containsExactly(ours);
        other.start(spec);
        engine.purge();

        assertThat(engine.list()).isEmpty();
        assertThat(other.list()).hasSize(1);
        assertThat(theirs.id()).isEqualTo(ours.id());
    }

    @Test
    void aRestartedServerFindsItsInstances() {
        Instance started = engine.start(spec());
        engine.close();

        Engine restarted = connected(serverId);
        forget(engine);

        assertThat(restarted.list()).containsExactly(started);
    }

    @Test
    void purgingRemovesRunningAndEndedOnes() throws Exception {
        InstanceSpec ended = spec("exit=0");
        engine.start(ended);
        engine.start(spec());
        awaitEnd(ended.instanceId());

        engine.purge();

        assertThat(engine.list()).isEmpty();
    }
}
