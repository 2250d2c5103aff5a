package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts this server's instances on the engine: one call for the list, and one more for each
 * instance that has ended since, whose end is remembered once it is final. A container that was
 * created and never started, as a crash between the two leaves it, is no instance and is removed.
 * Safe on any thread.
 */
final class Census {
    private static final Logger LOG = LoggerFactory.getLogger(Census.class);

    /**
     * 128 and SIGKILL's number. The engine may learn only after the end that it was for want of
     * memory, so such an end is looked at anew each time.
     */
    private static final int EXIT_CODE_KILLED = 137;

    /** What shells say of a status out of their range. */
    private static final int EXIT_CODE_UNKNOWN = 255;

    private static final Pattern LISTED_END = Pattern.compile("^Exited \\((\\d{1,3})\\)");

    private static final Set<String> RUNNING = Set.of("running", "paused", "restarting");

    /** One whose sandbox has ended runs and is reached by nobody: it is as good as killed. */
    private static final State.Exited HOMELESS = new State.Exited(EXIT_CODE_KILLED, false);

    private final Session session;
    private final Bridges bridges;
    private final Remover remover;
    private final Supplier<Set<String>> starting;
    private final LimitsWatch limits;
    private final Freezer freezer;
    private final Sandboxes sandboxes;
    private final Runtimes runtimes;

    /** How containers ended, by the engine's id; bounded by what the last full list showed. */
    private final Map<String, State.Exited> ends = new ConcurrentHashMap<>();

    /**
     * @param starting the instances that are being started
     * @param limits knows which were ended for their storage
     * @param freezer knows which stand still
     * @param sandboxes knows in what they live
     * @param runtimes knows what they run under
     */
    Census(
            Session session,
            Bridges bridges,
            Remover remover,
            Supplier<Set<String>> starting,
            LimitsWatch limits,
            Freezer freezer,
            Sandboxes sandboxes,
            Runtimes runtimes) {
        this.session = session;
        this.bridges = bridges;
        this.remover = remover;
        this.starting = starting;
        this.limits = limits;
        this.freezer = freezer;
        this.sandboxes = sandboxes;
        this.runtimes = runtimes;
    }

    List<Instance> all() {
        SandboxLedger.Known sandboxesBefore = sandboxes.known();
        Set<String> startingBefore = starting.get();
        Set<String> stillBefore = freezer.stillOnes();
        List<Container> listed = listed(List.of(session.mark()));
        Map<String, String> networks = new HashMap<>();
        for (Container one : listed) {
            Observation.of(one).ifPresent(seen -> networks.put(seen.instanceId(), seen.network()));
        }
        Set<String> startingNow = new HashSet<>(startingBefore);
        startingNow.addAll(starting.get());
        bridges.observed(networks, startingNow);
        List<String> ids = listed.stream().map(Container::getId).toList();
        ends.keySet().retainAll(ids);
        limits.keep(ids);
        freezer.keep(stillBefore, networks.keySet());
        sandboxes.observed(sandboxesBefore, listed);
        return instances(listed, startingNow, running(listed));
    }

    List<Instance> of(UUID containerId) {
        Set<String> startingNow = new HashSet<>(starting.get());
        List<Container> listed =
                listed(List.of(session.mark(), Labels.CONTAINER + "=" + containerId));
        startingNow.addAll(starting.get());
        return instances(listed, startingNow, running(homesOf(listed)));
    }

    /** The containers of the sandboxes that running instances were put into. */
    private List<Container> homesOf(List<Container> instances) {
        List<String> ids =
                instances.stream()
                        .filter(one -> RUNNING.contains(one.getState()))
                        .flatMap(one -> Observation.of(one).stream())
                        .flatMap(seen -> seen.sandbox().stream())
                        .map(Sandbox::dockerId)
                        .toList();
        if (ids.isEmpty()) {
            return List.of();
        }
        try {
            return session.call(
                    () -> session.client().listContainersCmd().withIdFilter(ids).exec());
        } catch (DockerException e) {
            throw Refusals.general("listing the sandboxes", e);
        }
    }

    /** One that has come to another address is nobody's home any more. */
    private Set<Sandbox> running(List<Container> listed) {
        return listed.stream()
                .filter(one -> RUNNING.contains(one.getState()))
                .filter(one -> !sandboxes.isDoomed(one.getId()))
                .flatMap(one -> Sandbox.of(one).stream())
                .collect(Collectors.toSet());
    }

    /** Whether the instance's process runs, as far as the engine knows it at all. */
    boolean isRunning(String name) {
        try {
            InspectContainerResponse inspected =
                    session.call(() -> session.client().inspectContainerCmd(name).exec());
            return Observation.stateOf(inspected) instanceof State.Running;
        } catch (NotFoundException gone) {
            return false;
        } catch (DockerException e) {
            throw Refusals.general("looking at an instance", e);
        }
    }

    private List<Container> listed(List<String> labels) {
        try {
            return session.call(() ->
                    session.client()
                            .listContainersCmd()
                            .withShowAll(true)
                            .withLabelFilter(labels)
                            .exec());
        } catch (DockerException e) {
            throw Refusals.general("listing the instances", e);
        }
    }

    private List<Instance> instances(
            List<Container> listed, Set<String> startingNow, Set<Sandbox> homes) {
        List<Instance> instances = new ArrayList<>();
        for (Container one : listed) {
            Observation.of(one)
                    .flatMap(seen ->
                            state(one, seen, startingNow, homes)
                                    .map(state -> seen.in(state, runtimes)))
                    .ifPresent(instances::add);
        }
        return List.copyOf(instances);
    }

    private Optional<State> state(
            Container one, Observation seen, Set<String> startingNow, Set<Sandbox> homes) {
        return switch (one.getState()) {
            case "running", "paused", "restarting" ->
                    seen.where()
                            .map(at -> running(one, seen, at)) // so that it can be thawed to end
                            .map(State.class::cast)
                            .map(state ->
                                    seen.sandbox().stream().allMatch(homes::contains)
                                            ? state
                                            : HOMELESS);
            case "created", "configured", "initialized" -> {
                if (!startingNow.contains(seen.instanceId())) {
                    removeLeftover(one, seen);
                }
                yield Optional.empty();
            }
            case "removing" -> Optional.empty();
            default -> end(one).map(State.class::cast);
        };
    }

    private State running(Container one, Observation seen, State.Running at) {
        boolean still =
                freezer.sees(
                        seen.instanceId(),
                        one.getId(),
                        one.getState().equals("paused"),
                        seen.under(runtimes).bearsFreezing());
        return new State.Running(at.address(), at.port(), still);
    }

    private Optional<State.Exited> end(Container one) {
        String dockerId = one.getId();
        State.Exited known = ends.get(dockerId);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            InspectContainerResponse inspected =
                    session.call(() -> session.client().inspectContainerCmd(dockerId).exec());
            State.Exited seen = Observation.exitOf(inspected);
            State.Exited exited =
                    limits.hasEnded(dockerId)
                            ? new State.Exited(seen.exitCode(), seen.outOfMemory(), true)
                            : seen;
            if (exited.outOfMemory() || exited.exitCode() != EXIT_CODE_KILLED) {
                ends.put(dockerId, exited);
            }
            return Optional.of(exited);
        } catch (NotFoundException gone) {
            return Optional.empty();
        } catch (DockerException | EngineException stuck) {
            LOG.atWarn().addKeyValue("container", dockerId).setCause(stuck).log("not looked at");
            return Optional.of(new State.Exited(listedExitCode(one), false));
        }
    }

    /** What the list says of an end; one container that is stuck does not hide the others. */
    private static int listedExitCode(Container one) {
        Matcher status = LISTED_END.matcher(Objects.requireNonNullElse(one.getStatus(), ""));
        return status.find() ? Integer.parseInt(status.group(1)) : EXIT_CODE_UNKNOWN;
    }

    private void removeLeftover(Container one, Observation seen) {
        LOG.atInfo()
                .addKeyValue("instance", seen.instanceId())
                .log("removing a container that was created and never started");
        try {
            remover.remove(one.getId());
        } catch (EngineException e) {
            LOG.atWarn().addKeyValue("instance", seen.instanceId()).setCause(e).log("not removed");
        }
    }
}
