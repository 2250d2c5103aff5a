package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ends instances and removes what is left of them. Safe on any thread. */
final class Remover {
    private static final int REMOVALS_AT_ONCE = 8;
    private static final Duration GRACE_LONGEST = Duration.ofDays(1);

    /** What the engine says of the start of a container that was not started. */
    private static final String NEVER = "0001-01-01T00:00:00Z";

    private final Session session;
    private final Bridges bridges;
    private final Freezer freezer;
    private final Removal removal;
    private final Sandboxes sandboxes;

    Remover(
            Session session,
            Bridges bridges,
            Freezer freezer,
            Removal removal,
            Sandboxes sandboxes) {
        this.session = session;
        this.bridges = bridges;
        this.freezer = freezer;
        this.removal = removal;
        this.sandboxes = sandboxes;
    }

    /**
     * Ends an instance with its own stop signal, which is SIGTERM unless the image says otherwise,
     * and removes it.
     */
    void stop(String instanceId, Duration grace) {
        String name = session.nameOf(instanceId);
        int seconds = secondsOf(grace);
        freezer.thaw(instanceId);
        try {
            session.calls()
                    .within(
                            Duration.ofSeconds(seconds).plus(session.settings().callTimeout()),
                            () ->
                                    session.client()
                                            .stopContainerCmd(name)
                                            .withTimeout(seconds)
                                            .exec());
        } catch (NotFoundException gone) {
            settle(instanceId);
            return;
        } catch (NotModifiedException ended) {
            // it had ended by itself; what is left of it is removed like any other
        } catch (DockerException refused) {
            // removing it by force says whether that matters
        }
        remove(name);
        settle(instanceId);
    }

    /** Where it lived is free. */
    private void settle(String instanceId) {
        sandboxes.endOf(instanceId);
        bridges.release(instanceId);
    }

    /** Whole seconds, which is what the engine takes, and never fewer than were granted. */
    private static int secondsOf(Duration grace) {
        Duration bounded = grace.compareTo(GRACE_LONGEST) < 0 ? grace : GRACE_LONGEST;
        return bounded.isNegative() ? 0 : (int) bounded.plusMillis(999).toSeconds();
    }

    /**
     * Removes a container at once, running or not, with its anonymous volumes, and then the sandbox
     * that it lived in; waits until gone.
     */
    void remove(String nameOrId) {
        try {
            InspectContainerResponse found =
                    session.call(() -> session.client().inspectContainerCmd(nameOrId).exec());
            freezer.release(found);
            removal.untilGone(found.getId());
            if (!hasRun(found)) {
                Stragglers.end(found.getId());
            }
            Observation.of(found)
                    .flatMap(Observation::sandbox)
                    .map(Sandbox::dockerId)
                    .ifPresent(sandboxes::end);
        } catch (NotFoundException gone) {
            return;
        } catch (DockerException e) {
            throw Refusals.general("removing an instance", e);
        }
    }

    /** Whether the engine saw its start succeed; it then also sees to its end. */
    private static boolean hasRun(InspectContainerResponse found) {
        return !NEVER.equals(found.getState().getStartedAt());
    }

    /** Removes every container and network of this server, whatever state they are in. */
    void purge() {
        sandboxes.clear();
        List<Callable<Object>> removals = new ArrayList<>();
        for (Container container : session.call(this::all)) {
            removals.add(() -> {
                remove(container.getId());
                return container;
            });
        }
        inParallel(removals);
        bridges.removeAll();
        sandboxes.removeImage();
    }

    private List<Container> all() {
        return session.client()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(session.mark()))
                .exec();
    }

    private static void inParallel(List<Callable<Object>> removals) {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(REMOVALS_AT_ONCE, Thread.ofVirtual().factory())) {
            for (Future<Object> removal : threads.invokeAll(removals)) {
                removal.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Kind.UNREACHABLE, "the removal was interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EngineException known
                    ? known
                    : new EngineException(Kind.UNREACHABLE, "a removal failed", e);
        }
    }
}
