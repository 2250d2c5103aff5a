package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import dev.dormouse.engine.EngineException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the limit of storage bind where the engine cannot: measures what each running instance has
 * written, one after the other, and ends those that are over. A single file is bound by the kernel
 * besides (see {@link CreationRequest}), so that what can be written between two looks is bounded
 * by the disk's speed for instances that write many files alone.
 *
 * <p>Measuring walks the instance's files, on the engine's machine: so the watch rests many times
 * as long as a round took, however many files a tenant makes.
 */
final class StorageWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);
    private static final int REST_PER_WORK = 19;

    private final Session session;
    private final Thread thread;

    /** The engine's ids of those that were ended; bounded by what the engine still lists. */
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    StorageWatch(Session session) {
        this.session = session;
        this.thread = Thread.ofVirtual().name("docker-storage").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Whether it was this watch that ended the container. */
    boolean hasEnded(String dockerId) {
        return ended.contains(dockerId);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                long before = System.nanoTime();
                round();
                Duration work = Duration.ofNanos(System.nanoTime() - before);
                Duration rest = work.multipliedBy(REST_PER_WORK);
                Duration least = session.settings().storageCheckEvery();
                Thread.sleep(rest.compareTo(least) > 0 ? rest : least);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        try {
            List<Container> listed = session.call(this::listed);
            ended.retainAll(listed.stream().map(Container::getId).toList());
            listed.stream().filter(one -> "running".equals(one.getState())).forEach(this::look);
        } catch (DockerException | EngineException e) {
            LOG.atDebug().setCause(e).log("storage could not be looked at");
        }
    }

    private List<Container> listed() {
        return session.client()
                .listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(session.mark()))
                .exec();
    }

    private void look(Container one) {
        try {
            long limit = Labels.storageLimit(one.getLabels());
            long written = session.call(() -> written(one.getId()));
            if (written > limit) {
                LOG.atWarn()
                        .addKeyValue("instance", one.getLabels().get(Labels.INSTANCE))
                        .addKeyValue("written", written)
                        .addKeyValue("limit", limit)
                        .log("ending an instance that went over its limit of storage");
                ended.add(one.getId());
                session.call(() -> session.client().killContainerCmd(one.getId()).exec());
            }
        } catch (DockerException gone) {
            LOG.atDebug().setCause(gone).log("an instance ended while it was looked at");
        } catch (EngineException unanswered) {
            LOG.atWarn()
                    .addKeyValue("instance", one.getLabels().get(Labels.INSTANCE))
                    .addKeyValue("reason", unanswered.getMessage())
                    .log("an instance's storage could not be measured");
        }
    }

    private long written(String dockerId) {
        Long size =
                session.client().inspectContainerCmd(dockerId).withSize(true).exec().getSizeRw();
        return Objects.requireNonNullElse(size, 0L);
    }
}
