package dev.dormouse.reconcile;

import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the engine what instances use, a bounded number of them at a time. Any thread. */
final class UsageReader {
    private static final Logger LOG = LoggerFactory.getLogger(UsageReader.class);

    /** An engine that tells it itself takes a second or two for each. */
    private static final int AT_ONCE_MAX = 64;

    private static final long PATIENCE_SECONDS = 30;

    private final Engine engine;
    private final ExecutorService tasks;
    private final InstantSource clock;
    private final Semaphore turns = new Semaphore(AT_ONCE_MAX);

    /** What was used by then. */
    record Reading(Instant at, Usage usage) {}

    UsageReader(Engine engine, ExecutorService tasks, InstantSource clock) {
        this.engine = engine;
        this.tasks = tasks;
        this.clock = clock;
    }

    /** Those of which the engine cannot tell are not in it. */
    Map<String, Reading> read(Collection<String> instanceIds) {
        Map<String, CompletableFuture<Optional<Reading>>> asked =
                instanceIds.stream()
                        .collect(
                                Collectors.toMap(
                                        id -> id,
                                        id ->
                                                CompletableFuture.supplyAsync(
                                                        () -> inTurn(id), tasks)));
        Map<String, Reading> readings = new HashMap<>();
        asked.forEach((id, reading) -> reading.join().ifPresent(one -> readings.put(id, one)));
        return readings;
    }

    private Optional<Reading> inTurn(String instanceId) {
        try {
            if (!turns.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        try {
            Usage usage = engine.usage(instanceId);
            return Optional.of(new Reading(clock.instant(), usage));
        } catch (EngineException e) {
            LOG.debug("not measured instance={} reason={}", instanceId, e.getMessage());
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.error("measuring an instance failed unexpectedly instance={}", instanceId, e);
            return Optional.empty();
        } finally {
            turns.release();
        }
    }
}
