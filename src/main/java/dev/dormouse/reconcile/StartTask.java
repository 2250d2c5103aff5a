package dev.dormouse.reconcile;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.Start;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts one instance, when the host has room for it and it is its turn; blocks, and ends in a
 * report whatever happens.
 */
final class StartTask {
    private static final Logger LOG = LoggerFactory.getLogger(StartTask.class);

    private final InstanceSpec spec;
    private final ExactImage image;
    private final Tracked one;
    private final StartWatch watch;
    private final Fleet.Tools tools;

    /**
     * @param image what the specification names, to be fetched again if the engine has lost it
     */
    StartTask(
            InstanceSpec spec, ExactImage image, Tracked one, StartWatch watch, Fleet.Tools tools) {
        this.spec = spec;
        this.image = image;
        this.one = one;
        this.watch = watch;
        this.tools = tools;
    }

    Report run() {
        try {
            Optional<String> refusal =
                    one.isSpare()
                            ? tools.admission().takeFreeRoom(spec)
                            : tools.admission().takeRoom(spec, tools.shortage());
            return refusal.isPresent()
                    ? new Report.NoRoom(one.id, refusal.get())
                    : startedOrRestored();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Report.NotStarted(
                    one.id, EngineException.Kind.UNREACHABLE, "the server is shutting down");
        } catch (EngineException e) {
            return new Report.NotStarted(one.id, e.kind(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("starting an instance failed unexpectedly instance={}", one.id, e);
            return new Report.NotStarted(
                    one.id, EngineException.Kind.UNREACHABLE, "an internal error occurred");
        }
    }

    /** Somebody may have tidied up the engine's images since the revision began. */
    private Report startedOrRestored() throws InterruptedException {
        try {
            return startedInTurn();
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.IMAGE) {
                throw e;
            }
        }
        watch.enter(Start.Part.IMAGE);
        tools.engine().restore(image);
        watch.enter(Start.Part.SCHEDULE);
        return startedInTurn();
    }

    private Report startedInTurn() throws InterruptedException {
        boolean isStarted = false;
        try {
            Duration boot = tools.starts().boots().of(spec.containerId());
            if (one.isGivenUp() || !tools.admission().takeTurn(spec, boot) || one.isGivenUp()) {
                return new Report.NoRoom(one.id, "too many instances wait to be started");
            }
            Report report = started(boot);
            isStarted = true;
            return report;
        } finally {
            tools.admission().endTurn(one.id, isStarted);
        }
    }

    private Report started(Duration boot) {
        watch.enter(Start.Part.CREATE);
        Report report =
                new Report.Started(tools.engine().start(spec, () -> watch.enter(Start.Part.START)));
        watch.enter(Start.Part.LISTEN);
        tools.admission().boots(spec, boot);
        watch.whenUp(() -> tools.admission().booted(one.id));
        return report;
    }
}
