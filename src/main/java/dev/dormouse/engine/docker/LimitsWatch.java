package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at running instances now and then, for what the engine does not do itself: it ends those
 * that wrote more than their limit of storage, where the engine cannot limit that, and tells of
 * those that were refused a further process. A single file is bound by the kernel besides (see
 * {@link CreationRequest}).
 *
 * <p>Measuring walks the instances' files, on the engine's machine: so the watch rests many times
 * as long as a round took, however many files a tenant makes.
 */
final class LimitsWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LimitsWatch.class);
    private static final int REST_PER_WORK = 99;

    /**
     * Containers that worked less than this, all together, since they were looked at are not looked
     * at again for a while: who answers probes and does little else needs less.
     */
    private static final Duration LITTLE_WORK = Duration.ofMillis(50);

    private static final int BEATS_PER_REST_MAX = 12;

    private final Session session;
    private final boolean measuresStorage;
    private final Freezer freezer;
    private final Consumer<EngineEvent> listener;
    private final Thread thread;

    /** The engine's ids of those that were ended; bounded by what the last full list showed. */
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    /** Whether any container may be at work; what stands still goes over no limit. */
    private volatile boolean isAnyAwake = true;

    /** Whether it is known what the containers work; for the watch's thread alone. */
    private boolean workIsTold;

    /** How many processes each was refused so far; for the watch's thread alone. */
    private Map<String, Long> refused = Map.of();

    /** Those that were refused one since the look before; for the watch's thread alone. */
    private Set<String> atLimit = Set.of();

    /**
     * @param listener told when an instance was refused a process
     */
    LimitsWatch(
            Session session, EngineFacts facts, Freezer freezer, Consumer<EngineEvent> listener) {
        this.session = session;
        this.freezer = freezer;
        this.measuresStorage = !facts.storageLimit();
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("docker-limits").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** A container begins to work, or goes on. */
    void awakens() {
        if (!isAnyAwake) {
            isAnyAwake = true;
            LockSupport.unpark(thread);
        }
    }

    /** Whether it was this watch that ended the container. */
    boolean hasEnded(String dockerId) {
        return ended.contains(dockerId);
    }

    /** Forgets the containers that are not among these. */
    void keep(Collection<String> dockerIds) {
        ended.retainAll(dockerIds);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                long before = System.nanoTime();
                Optional<Duration> work = ControlGroups.work();
                round();
                Duration rest =
                        Duration.ofNanos(System.nanoTime() - before).multipliedBy(REST_PER_WORK);
                Duration least = session.settings().limitsCheckEvery();
                Duration most = least.multipliedBy(BEATS_PER_REST_MAX);
                if (!isAnyAwake) {
                    LockSupport.parkNanos(this, most.toNanos());
                }
                do {
                    Thread.sleep(rest.compareTo(least) > 0 ? rest : least);
                } while (workIsTold
                        && mayWait(
                                work,
                                ControlGroups.work(),
                                Duration.ofNanos(System.nanoTime() - before),
                                most));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether another look would hardly show more than the last one did. */
    static boolean mayWait(
            Optional<Duration> workThen,
            Optional<Duration> workNow,
            Duration sinceThen,
            Duration most) {
        return workThen.isPresent()
                && workNow.isPresent()
                && workNow.get().minus(workThen.get()).compareTo(LITTLE_WORK) < 0
                && sinceThen.compareTo(most) < 0;
    }

    private void round() {
        isAnyAwake = false; // unless one awakens while they are listed
        try {
            List<Container> running =
                    measuresStorage ? lookedAtStorage() : session.call(() -> listed(false));
            Set<String> still = freezer.stillOnes();
            if (!running.stream().allMatch(one -> still.contains(instance(one)))) {
                isAnyAwake = true;
            }
            if (!running.isEmpty()) {
                workIsTold = running.stream().map(Container::getId).allMatch(ControlGroups::holds);
            }
            lookAtProcesses(running);
        } catch (DockerException | EngineException e) {
            isAnyAwake = true;
            LOG.atDebug().setCause(e).log("the limits could not be looked at");
        } catch (RuntimeException e) {
            isAnyAwake = true;
            LOG.atError().setCause(e).log("looking at the limits failed unexpectedly");
        }
    }

    /** One with so many files that measuring all together takes too long holds up itself alone. */
    private List<Container> lookedAtStorage() {
        List<Container> running;
        try {
            running = session.call(() -> listed(true));
        } catch (EngineException unanswered) {
            running = session.call(() -> listed(false));
            running.forEach(
                    one -> lookAtStorage(one, () -> session.call(() -> written(one.getId()))));
            return running;
        }
        running.forEach(one -> lookAtStorage(one, () -> known(one.getSizeRw())));
        return running;
    }

    private static String instance(Container one) {
        return one.getLabels().getOrDefault(Labels.INSTANCE, "");
    }

    private List<Container> listed(boolean withSize) {
        return session.client()
                .listContainersCmd()
                .withStatusFilter(List.of("running", "paused"))
                .withLabelFilter(List.of(session.mark(), Labels.INSTANCE))
                .withShowSize(withSize)
                .exec();
    }

    private void lookAtStorage(Container one, LongSupplier size) {
        long limit = Labels.storageLimit(one.getLabels());
        try {
            long written = size.getAsLong();
            if (written > limit) {
                LOG.atWarn()
                        .addKeyValue("instance", instance(one))
                        .addKeyValue("written", written)
                        .addKeyValue("limit", limit)
                        .log("ending an instance that went over its limit of storage");
                ended.add(one.getId());
                Observation.of(one).ifPresent(seen -> freezer.thaw(seen.instanceId()));
                session.call(() -> session.client().killContainerCmd(one.getId()).exec());
            }
        } catch (DockerException gone) {
            LOG.atDebug().setCause(gone).log("an instance ended while it was looked at");
        } catch (EngineException unanswered) {
            LOG.atWarn()
                    .addKeyValue("instance", instance(one))
                    .addKeyValue("reason", unanswered.getMessage())
                    .log("an instance's storage could not be measured");
        }
    }

    private long written(String dockerId) {
        return known(
                session.client().inspectContainerCmd(dockerId).withSize(true).exec().getSizeRw());
    }

    /** The engine leaves a size of zero out. */
    private static long known(@Nullable Long size) {
        return size == null ? 0 : size;
    }

    /** Tells once, however long an instance goes on being refused. */
    private void lookAtProcesses(List<Container> running) {
        Map<String, Long> before = refused;
        refused = ProcessLimit.refusals(running.stream().map(Container::getId).toList());
        List<Container> now =
                running.stream()
                        .filter(one ->
                                refused.getOrDefault(one.getId(), 0L)
                                        > before.getOrDefault(one.getId(), 0L))
                        .toList();
        now.stream().filter(one -> !atLimit.contains(one.getId())).forEach(this::tellOfProcesses);
        atLimit = now.stream().map(Container::getId).collect(Collectors.toSet());
    }

    private void tellOfProcesses(Container one) {
        Map<String, String> labels = one.getLabels();
        listener.accept(
                new EngineEvent.Noticed(
                        UUID.fromString(labels.get(Labels.CONTAINER)),
                        "instance %s has reached its limit of %d processes and threads"
                                .formatted(
                                        labels.get(Labels.INSTANCE),
                                        session.settings().processesMax())));
    }
}
