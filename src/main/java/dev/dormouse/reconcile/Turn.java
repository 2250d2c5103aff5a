package dev.dormouse.reconcile;

import dev.dormouse.engine.EngineException;
import dev.dormouse.store.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One container's place among all: at most one pass of its loop at a time, and one more when
 * something came meanwhile. A pass that fails is tried again after a pause. Any thread.
 */
final class Turn implements Idlest.Giver {
    private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;
    private static final int DOUBLINGS_MAX = 8;

    private final UUID id;
    private final ContainerLoop loop;
    private final PassQueue queue;
    private final Tools tools;
    private int failedInARow;

    /**
     * What the turns of all containers share.
     *
     * @param open whether passes are made now
     * @param passed told of each pass that did not fail, on its thread
     */
    record Tools(
            ContainerLoop.Tools loops,
            Executor tasks,
            Alarms alarms,
            BooleanSupplier open,
            Consumer<Turn> passed) {}

    Turn(UUID id, Tools tools) {
        this.id = id;
        this.tools = tools;
        this.queue = new PassQueue(tools.tasks(), this::pass);
        this.loop = new ContainerLoop(id, tools.loops(), this::soon);
    }

    @Override
    public UUID id() {
        return id;
    }

    ContainerLoop loop() {
        return loop;
    }

    @Override
    public Yielding yielding() {
        return loop.yielding();
    }

    @Override
    public void soon() {
        if (tools.open().getAsBoolean()) {
            queue.request();
        }
    }

    private void pass() {
        try {
            Optional<Instant> review = loop.pass();
            tools.loops().fleet().metrics().passed();
            failedInARow = 0;
            review.ifPresent(at -> soonAfter(Duration.between(now(), at)));
            tools.passed().accept(this);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(RuntimeException e) {
        if (!tools.open().getAsBoolean()) {
            return;
        }
        loop.suspectEverything();
        Duration pause =
                Duration.ofMillis(
                        Math.min(
                                LONGEST_PAUSE_MILLIS,
                                FIRST_PAUSE_MILLIS << Math.min(DOUBLINGS_MAX, failedInARow)));
        failedInARow++;
        tools.loops().fleet().metrics().passFailed();
        if (e instanceof EngineException || e instanceof StoreException) {
            LOG.warn(
                    "a pass failed and is tried again container={} pause={} reason={}",
                    id,
                    pause,
                    e.getMessage());
        } else {
            LOG.error("a pass failed and is tried again container={} pause={}", id, pause, e);
        }
        soonAfter(pause);
    }

    private void soonAfter(Duration pause) {
        tools.alarms().in(id, pause, this::soon);
    }

    private Instant now() {
        return tools.loops().around().clock().instant();
    }
}
