package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Creates and starts instances; how many at once is for its callers to decide. Whatever fails,
 * nothing is left behind. Safe on any thread.
 */
final class Starter {
    private final Session session;
    private final Bridges bridges;
    private final Remover remover;
    private final CreationRequest request;
    private final InstantSource clock;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    Starter(
            Session session,
            Bridges bridges,
            Remover remover,
            CreationRequest request,
            InstantSource clock) {
        this.session = session;
        this.bridges = bridges;
        this.remover = remover;
        this.request = request;
        this.clock = clock;
    }

    /** The instances whose containers may be on the engine without having been started yet. */
    Set<String> underWay() {
        return Set.copyOf(underWay);
    }

    Instance start(InstanceSpec spec, Runnable whenCreated) {
        if (!underWay.add(spec.instanceId())) {
            throw alreadyThere(spec);
        }
        try {
            return startOnNetwork(spec, whenCreated);
        } finally {
            underWay.remove(spec.instanceId());
        }
    }

    private Instance startOnNetwork(InstanceSpec spec, Runnable whenCreated) {
        try {
            return createAndStart(spec, whenCreated);
        } catch (NetworkGoneException e) {
            bridges.forget();
        }
        try {
            return createAndStart(spec, whenCreated);
        } catch (NetworkGoneException e) {
            throw new EngineException(
                    Kind.UNREACHABLE, "the instances' network was removed while starting", e);
        }
    }

    private Instance createAndStart(InstanceSpec spec, Runnable whenCreated)
            throws NetworkGoneException {
        String name = session.nameOf(spec.instanceId());
        Instant now = clock.instant();
        try {
            create(spec, name, now);
        } catch (ConflictException taken) {
            throw alreadyThere(spec);
        } catch (DockerException refused) {
            bridges.release(spec.instanceId());
            throw Refusals.ofCreate(spec.image(), refused);
        } catch (EngineException unanswered) {
            throw cleanedUp(spec, unanswered);
        }
        whenCreated.run();
        try {
            session.calls()
                    .within(
                            session.settings().startTimeout(),
                            () -> session.client().startContainerCmd(name).exec());
            return look(spec, name);
        } catch (DockerException refused) {
            EngineException failure = cleanedUp(spec, Refusals.ofStart(refused));
            if (refused instanceof NotFoundException
                    && Refusals.words(refused).contains("network")) {
                throw new NetworkGoneException(failure);
            }
            throw failure;
        } catch (EngineException unanswered) {
            throw cleanedUp(spec, unanswered);
        }
    }

    private void create(InstanceSpec spec, String name, Instant now) {
        String network = bridges.reserve(spec.instanceId());
        session.call(() ->
                request.fill(
                                session.client()
                                        .createContainerCmd(spec.image())
                                        .withName(name)
                                        .withLabels(Labels.of(session.serverId(), spec, now)),
                                spec,
                                network)
                        .exec());
    }

    private Instance look(InstanceSpec spec, String name) {
        InspectContainerResponse inspected =
                session.call(() -> session.client().inspectContainerCmd(name).exec());
        Instance.State state = Observation.stateOf(inspected);
        return Observation.of(inspected)
                .orElseThrow(() ->
                        new EngineException(
                                Kind.REFUSED,
                                "the engine did not keep the labels of " + spec.instanceId()))
                .in(state);
    }

    /** Removes what may be there, and hands back why; a removal that fails is told along. */
    private EngineException cleanedUp(InstanceSpec spec, EngineException failure) {
        try {
            remover.remove(session.nameOf(spec.instanceId()));
        } catch (EngineException left) {
            failure.addSuppressed(left);
        }
        bridges.release(spec.instanceId());
        return failure;
    }

    private static EngineException alreadyThere(InstanceSpec spec) {
        return new EngineException(
                Kind.REFUSED, "there is an instance named %s already".formatted(spec.instanceId()));
    }

    /** The bridge vanished between its creation and its use, as by {@code docker network prune}. */
    private static final class NetworkGoneException extends Exception {
        private static final long serialVersionUID = 1L;

        NetworkGoneException(Throwable cause) {
            super(cause);
        }
    }
}
