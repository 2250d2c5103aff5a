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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and starts instances; how many at once is for its callers to decide. Whatever fails,
 * nothing is left behind. Safe on any thread.
 */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);

    private final Session session;
    private final Bridges bridges;
    private final Remover remover;
    private final Sandboxes sandboxes;
    private final Runtimes runtimes;
    private final CreationRequest request;
    private final InstantSource clock;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    Starter(
            Session session,
            Bridges bridges,
            Remover remover,
            Sandboxes sandboxes,
            CreationRequest request,
            InstantSource clock) {
        this.runtimes = request.runtimes();
        this.session = session;
        this.bridges = bridges;
        this.remover = remover;
        this.sandboxes = sandboxes;
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
        sandboxes.startBegins();
        try {
            return startSomewhere(spec, whenCreated);
        } finally {
            underWay.remove(spec.instanceId());
            sandboxes.startEnds(spec.instanceId());
        }
    }

    /**
     * In a sandbox where one is ready; on the bridge where none is, or that one was lost, or where
     * it has a network of its own.
     */
    private Instance startSomewhere(InstanceSpec spec, Runnable whenCreated) {
        try {
            String network = reserve(spec);
            Home home =
                    runtimes.isGvisor(runtimes.of(spec.sandbox()))
                            ? Home.on(network)
                            : sandboxes
                                    .take(network, spec)
                                    .map(Home::in)
                                    .orElseGet(() -> Home.on(network));
            return createAndStart(spec, whenCreated, home);
        } catch (HomeGoneException e) {
            LOG.atInfo()
                    .addKeyValue("instance", spec.instanceId())
                    .addKeyValue("reason", e.getMessage())
                    .log("an instance is started anew, elsewhere");
            bridges.forget();
        }
        try {
            return createAndStart(spec, whenCreated, Home.on(reserve(spec)));
        } catch (HomeGoneException e) {
            throw new EngineException(
                    Kind.UNREACHABLE, "the instances' network was removed while starting", e);
        }
    }

    private String reserve(InstanceSpec spec) {
        try {
            return bridges.reserve(spec.instanceId());
        } catch (DockerException refused) {
            bridges.release(spec.instanceId());
            throw Refusals.general("looking for a network", refused);
        } catch (EngineException e) {
            bridges.release(spec.instanceId());
            throw e;
        }
    }

    private Instance createAndStart(InstanceSpec spec, Runnable whenCreated, Home home)
            throws HomeGoneException {
        String name = session.nameOf(spec.instanceId());
        Instant now = clock.instant();
        try {
            create(spec, name, now, home);
        } catch (ConflictException taken) {
            throw alreadyThere(spec);
        } catch (DockerException refused) {
            throw notCreated(spec, home, refused);
        } catch (EngineException unanswered) {
            throw cleanedUp(spec, unanswered);
        }
        whenCreated.run();
        try {
            session.calls()
                    .within(
                            session.settings().startTimeout(),
                            () -> session.client().startContainerCmd(name).exec());
            return settled(look(spec, name), spec, home);
        } catch (DockerException refused) {
            boolean isElsewhereBetter =
                    home.sandbox().isPresent() ? isLeft(name) : lacksNetwork(refused);
            EngineException failure = cleanedUp(spec, Refusals.ofStart(refused));
            if (isElsewhereBetter && !isOfItsImage(failure)) {
                throw new HomeGoneException(failure);
            }
            throw failure;
        } catch (EngineException unanswered) {
            throw cleanedUp(spec, unanswered);
        }
    }

    private Instance settled(Instance instance, InstanceSpec spec, Home home)
            throws HomeGoneException {
        boolean isAtHome = home.sandbox().stream().allMatch(sandboxes::settle);
        if (isAtHome || !isLeft(session.nameOf(spec.instanceId()))) {
            return instance;
        }
        throw new HomeGoneException(
                cleanedUp(spec, new EngineException(Kind.UNREACHABLE, "its sandbox has ended")));
    }

    private EngineException notCreated(InstanceSpec spec, Home home, DockerException refused)
            throws HomeGoneException {
        EngineException failure = Refusals.ofCreate(spec.image(), refused);
        bridges.release(spec.instanceId());
        if ((home.sandbox().isPresent() || lacksNetwork(refused)) && !isOfItsImage(failure)) {
            throw new HomeGoneException(failure);
        }
        return failure;
    }

    private static boolean lacksNetwork(DockerException refused) {
        return refused instanceof NotFoundException && Refusals.words(refused).contains("network");
    }

    /** It would be refused anywhere. */
    private static boolean isOfItsImage(EngineException failure) {
        return failure.kind() == Kind.IMAGE || failure.kind() == Kind.COMMAND;
    }

    /** Whether nobody has removed it or is about to, as a stop during its start does. */
    private boolean isLeft(String name) {
        try {
            String status =
                    session.call(() -> session.client().inspectContainerCmd(name).exec())
                            .getState()
                            .getStatus();
            return !"removing".equals(status) && !"dead".equals(status);
        } catch (DockerException | EngineException goneOrUnknown) {
            return false;
        }
    }

    private void create(InstanceSpec spec, String name, Instant now, Home home) {
        session.call(() ->
                request.fill(
                                session.client()
                                        .createContainerCmd(spec.image())
                                        .withName(name)
                                        .withLabels(
                                                Labels.of(
                                                        session.serverId(),
                                                        spec,
                                                        runtimes.of(spec.sandbox()),
                                                        runtimes.seesWrites(
                                                                runtimes.of(spec.sandbox())),
                                                        home.sandbox(),
                                                        now)),
                                spec,
                                home)
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
                .in(state, runtimes);
    }

    /** Removes what may be there, and hands back why; a removal that fails is told along. */
    private EngineException cleanedUp(InstanceSpec spec, EngineException failure) {
        try {
            remover.remove(session.nameOf(spec.instanceId()));
        } catch (EngineException left) {
            failure.addSuppressed(left);
        }
        sandboxes.endOf(spec.instanceId());
        bridges.release(spec.instanceId());
        return failure;
    }

    private static EngineException alreadyThere(InstanceSpec spec) {
        return new EngineException(
                Kind.REFUSED, "there is an instance named %s already".formatted(spec.instanceId()));
    }

    /**
     * The bridge or the sandbox vanished between its creation and its use, as by {@code docker
     * network prune}, or the engine would not have the instance there.
     */
    private static final class HomeGoneException extends Exception {
        private static final long serialVersionUID = 1L;

        HomeGoneException(EngineException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
