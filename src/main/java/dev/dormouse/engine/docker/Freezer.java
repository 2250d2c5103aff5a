package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.HostConfig;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes instances stand still and go on: by the kernel's own file where the engine's cgroups can be
 * written from here and the instance's runtime bears that, else by the engine's pause. What is
 * frozen can be thawed without asking the engine where. Safe on any thread.
 */
final class Freezer {
    /** Far longer than the kernel needs for a process that is not stuck in it. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration LOOK_EVERY = Duration.ofMillis(1);

    /**
     * Where one of the two versions of cgroups has its freezer, under one of the engine's drivers.
     *
     * @param state what is written to, by the engine's id
     * @param told which of its neighbours tells what holds
     */
    private record Place(
            String state, String frozen, String thawed, String told, String toldFrozen) {
        Path file(String dockerId) {
            return Path.of(state.formatted(dockerId));
        }
    }

    private static final List<Place> PLACES =
            Stream.concat(
                            ControlGroups.first("freezer").stream().map(Freezer::first),
                            ControlGroups.second().stream().map(Freezer::second))
                    .toList();

    /** What whoever may write to them may move between cgroups. */
    private static final List<Path> ROOTS =
            List.of(
                    Path.of("/sys/fs/cgroup/freezer/tasks"),
                    Path.of("/sys/fs/cgroup/cgroup.procs"));

    private final Session session;
    private final Runtimes runtimes;

    /** One engine keeps all of them in one place. */
    private volatile @Nullable Place place;

    /** Those that are frozen, by their ids. */
    private final Map<String, Still> frozen = new ConcurrentHashMap<>();

    /**
     * How one is thawed.
     *
     * @param paused whether the engine says that it froze it
     * @param sinks whether its memory may be pushed out
     */
    private record Still(String dockerId, boolean paused, boolean sinks) {}

    Freezer(Session session, Runtimes runtimes) {
        this.session = session;
        this.runtimes = runtimes;
    }

    private static Place first(String folder) {
        return new Place(folder + "/freezer.state", "FROZEN", "THAWED", "freezer.state", "FROZEN");
    }

    private static Place second(String folder) {
        return new Place(folder + "/cgroup.freeze", "1", "0", "cgroup.events", "frozen 1");
    }

    /** Whether cgroups of this machine can be frozen from here. */
    static boolean isDirect(DockerSettings settings) {
        return settings.freeze() == DockerSettings.Freeze.AUTO
                && ROOTS.stream().anyMatch(Files::isWritable);
    }

    void freeze(String instanceId) {
        try {
            InspectContainerResponse found = look(session.nameOf(instanceId));
            String id = found.getId();
            boolean bearsIt = !runtimes.isGvisor(runtimeOf(found));
            Optional<Place> direct =
                    bearsIt && session.settings().freeze() == DockerSettings.Freeze.AUTO
                            ? placeOf(id)
                            : Optional.empty();
            if (direct.isPresent()) {
                freeze(direct.get(), id);
            } else if (!isPaused(found)) {
                session.call(() -> session.client().pauseContainerCmd(id).exec());
            }
            frozen.put(instanceId, new Still(id, direct.isEmpty(), bearsIt));
        } catch (DockerException e) {
            throw Refusals.general("freezing an instance", e);
        }
    }

    private static void freeze(Place direct, String id) {
        try {
            Files.writeString(direct.file(id), direct.frozen());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!isFrozen(direct, id)) {
                if (System.nanoTime() - deadline > 0) {
                    Files.writeString(direct.file(id), direct.thawed());
                    throw new EngineException(
                            Kind.REFUSED,
                            "its processes do not stand still within %d ms"
                                    .formatted(PATIENCE.toMillis()));
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
        } catch (IOException e) {
            throw new EngineException(Kind.REFUSED, "it cannot be frozen: " + e, e);
        }
    }

    void thaw(String instanceId) {
        Still still = frozen.get(instanceId);
        if (still == null) {
            return;
        }
        synchronized (still) { // who comes second finds it thawed
            if (still.equals(frozen.get(instanceId))) {
                thaw(still);
                frozen.remove(instanceId, still);
            }
        }
    }

    private static String runtimeOf(InspectContainerResponse found) {
        HostConfig config = found.getHostConfig();
        String name = config == null ? null : config.getRuntime();
        return name == null ? "" : name;
    }

    /** Whether what stands still keeps its memory whatever happens. */
    boolean keepsMemory(String instanceId) {
        Still still = frozen.get(instanceId);
        return still != null && !still.sinks();
    }

    /** The engine's id of the instance, if it stands still. */
    Optional<String> still(String instanceId) {
        return Optional.ofNullable(frozen.get(instanceId)).map(Still::dockerId);
    }

    /** Whether it stands still now, as the kernel says where it was not the engine's pause. */
    boolean standsStill(String instanceId) {
        Still known = frozen.get(instanceId);
        return known != null
                && (known.paused()
                        || placeOf(known.dockerId())
                                .map(direct -> isFrozenForSure(direct, known.dockerId()))
                                .orElse(false));
    }

    /** Ready to be ended: the kernel keeps signals from what stands still. */
    void release(InspectContainerResponse found) {
        boolean paused = isPaused(found);
        if (paused || placeOf(found.getId()).isPresent()) {
            thaw(new Still(found.getId(), paused, false));
            frozen.values().removeIf(one -> one.dockerId().equals(found.getId()));
        }
    }

    private void thaw(Still still) {
        String id = still.dockerId();
        try {
            if (still.paused()) {
                unpause(id);
                return;
            }
            Optional<Place> direct = placeOf(id);
            if (direct.isPresent()) { // else it has ended
                Files.writeString(direct.get().file(id), direct.get().thawed());
            }
        } catch (DockerException e) {
            // whatever its status says, the engine has answered
            throw new EngineException(Kind.REFUSED, "it cannot be thawed: " + Refusals.words(e), e);
        } catch (IOException e) {
            if (placeOf(id).isPresent()) {
                throw new EngineException(Kind.REFUSED, "it cannot be thawed: " + e, e);
            }
        }
    }

    /** One that somebody else has unpaused, or that has ended, need not be. */
    private void unpause(String id) {
        try {
            session.call(() -> session.client().unpauseContainerCmd(id).exec());
        } catch (NotFoundException gone) {
            return;
        } catch (DockerException refused) {
            if (isPaused(look(id))) {
                throw refused;
            }
        }
    }

    private InspectContainerResponse look(String nameOrId) {
        return session.call(() -> session.client().inspectContainerCmd(nameOrId).exec());
    }

    private static boolean isPaused(InspectContainerResponse found) {
        return Boolean.TRUE.equals(found.getState().getPaused());
    }

    /**
     * Whether a listed instance stands still; if so, it can be thawed from then on, whoever froze
     * it.
     *
     * @param bearsFreezing what its runtime does
     */
    boolean sees(String instanceId, String id, boolean paused, boolean bearsFreezing) {
        boolean still =
                paused || placeOf(id).map(direct -> isFrozenForSure(direct, id)).orElse(false);
        if (still) {
            frozen.put(instanceId, new Still(id, paused, bearsFreezing));
        }
        return still;
    }

    /** Those that stand still, by their ids. */
    Set<String> stillOnes() {
        return Set.copyOf(frozen.keySet());
    }

    /**
     * Forgets what is gone.
     *
     * @param before what stood still before the list was made; the list does not tell of later ones
     * @param listed what there is
     */
    void keep(Set<String> before, Collection<String> listed) {
        before.stream().filter(one -> !listed.contains(one)).forEach(frozen::remove);
    }

    private Optional<Place> placeOf(String id) {
        Place known = place;
        if (known == null) {
            known =
                    PLACES.stream()
                            .filter(one -> Files.isWritable(one.file(id)))
                            .findFirst()
                            .orElse(null);
            place = known;
        }
        return Optional.ofNullable(known).filter(one -> Files.isWritable(one.file(id)));
    }

    private static boolean isFrozenForSure(Place direct, String id) {
        try {
            return isFrozen(direct, id);
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean isFrozen(Place direct, String id) throws IOException {
        return Files.readString(direct.file(id).resolveSibling(direct.told()))
                .contains(direct.toldFrozen());
    }
}
