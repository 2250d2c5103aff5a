package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.Workload;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what exactly the newest generation of a container runs. An engine that does not answer
 * is asked again; any other refusal is final for the generation. Used by the container's pass
 * alone, but for the question itself, which runs on a task and ends in a {@link Report}.
 */
final class ImageSearch {
    private static final Logger LOG = LoggerFactory.getLogger(ImageSearch.class);

    private final Engine engine;
    private final Executor tasks;
    private final RandomGenerator random;
    private final Consumer<Report> reports;
    private Resolution resolution = new Resolution.None();
    private long generation = -1;
    private Failures failures = Failures.NONE;

    ImageSearch(Engine engine, Executor tasks, RandomGenerator random, Consumer<Report> reports) {
        this.engine = engine;
        this.tasks = tasks;
        this.random = random;
        this.reports = reports;
    }

    /** How far it has come. */
    Resolution resolution() {
        return resolution;
    }

    /** When the engine is asked again. */
    Optional<Instant> retryAt() {
        return failures.retryAt();
    }

    boolean awaitsEngine() {
        return failures.awaitsEngine();
    }

    /** What was found for an older generation counts no more. */
    void aimAt(long newest) {
        if (newest != generation) {
            generation = newest;
            startOver();
        }
    }

    /** The engine answers again: what waits for the end of a pause waits no longer. */
    void engineBack() {
        if (failures.awaitsEngine()) {
            startOver();
        }
    }

    private void startOver() {
        resolution = new Resolution.None();
        failures = Failures.NONE;
    }

    /** Asks the engine. */
    void begin(Workload workload) {
        resolution = new Resolution.Running();
        long asked = generation;
        tasks.execute(() -> reports.accept(found(workload, asked)));
    }

    private Report found(Workload workload, long asked) {
        try {
            ResolvedImage image =
                    workload.pin()
                            .map(pin -> engine.restore(pin.image()))
                            .orElseGet(() -> engine.resolve(workload.image()));
            return new Report.Resolved(asked, image);
        } catch (EngineException e) {
            return new Report.Unresolved(asked, e.kind(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("resolving an image failed unexpectedly image={}", workload.image(), e);
            return new Report.Unresolved(
                    asked, EngineException.Kind.UNREACHABLE, "an internal error occurred");
        }
    }

    void hear(Report.Resolved found) {
        if (found.generation() == generation) {
            resolution = new Resolution.Done(found.image());
            failures = Failures.NONE;
        }
    }

    /** What the container's owner should know if the engine will be asked again. */
    Optional<String> hear(Report.Unresolved refused, Instant now) {
        if (refused.generation() != generation) {
            return Optional.empty();
        }
        if (refused.kind() != EngineException.Kind.UNREACHABLE) {
            resolution = new Resolution.Failed(refused.message());
            return Optional.empty();
        }
        failures = failures.engineAway(refused.message(), now, random.nextDouble());
        resolution =
                failures.retryAt().isPresent() ? new Resolution.Running() : new Resolution.None();
        return Optional.of(
                "the image cannot be resolved now and will be tried again: " + refused.message());
    }

    /** Lets the engine be asked again once its pause is over. */
    void review(Instant now) {
        if (failures.retryAt().isPresent() && failures.mayStart(now)) {
            failures = failures.retried();
            resolution = new Resolution.None();
        }
    }
}
