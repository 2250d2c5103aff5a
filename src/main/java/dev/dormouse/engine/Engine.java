package dev.dormouse.engine;

import dev.dormouse.model.ExactImage;
import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What a container engine does for us. Every object it creates carries this server's mark, and only
 * marked ones are ever listed, stopped or purged, so that several servers share one engine.
 *
 * <p>Every call blocks, has a deadline, may be made from any thread (virtual ones included) and
 * throws nothing but {@link EngineException}.
 */
public interface Engine extends AutoCloseable {
    /**
     * What this engine can and cannot do, found out when it first answers.
     *
     * @throws EngineException of kind {@code UNREACHABLE} before that
     */
    Capabilities capabilities();

    /** Whether it answers, as was seen last; asks nothing and never fails. */
    EngineHealth health();

    /** What does not hold on this engine now and should, in words for the operator. */
    default List<String> warnings() {
        return List.of();
    }

    /**
     * Makes the image present and says exactly what to run. Asks the registry; when that cannot be
     * reached, or does not have the image, the engine's own copy serves.
     *
     * @param image a reference as users write it: {@code nginx:1.29}, {@code
     *     host:5000/a/b@sha256:…}
     * @throws EngineException of kind {@code IMAGE} with the registry's own words
     */
    ResolvedImage resolve(String image);

    /**
     * Makes an image present that was resolved once, the very same bytes. Asks the registry only
     * when the engine has lost them.
     *
     * @throws EngineException of kind {@code IMAGE} when they cannot be had any more
     */
    ResolvedImage restore(ExactImage image);

    /**
     * Creates and starts one instance; returns when its process runs, which is before it listens.
     *
     * @throws EngineException of kind {@code IMAGE} when the engine has lost the image, {@code
     *     COMMAND} when the image has no such command, {@code REFUSED} when the engine will not
     *     have the specification; nothing is left behind then
     * @param whenCreated called on this thread when the instance is there and its process is about
     *     to be started; again if the engine had to begin anew
     */
    Instance start(InstanceSpec spec, Runnable whenCreated);

    /** The same for callers who do not care how far it has come. */
    default Instance start(InstanceSpec spec) {
        return start(spec, () -> {});
    }

    /**
     * Makes the instance's processes stand still: they take no CPU time and keep their memory until
     * {@link #thaw}. Returns when they do; does nothing to one that is frozen.
     *
     * @throws EngineException of kind {@code REFUSED} when they cannot be frozen; they go on then
     */
    void freeze(String instanceId);

    /**
     * Lets the instance's processes go on; returns when they do. Does nothing to one that is not
     * frozen.
     */
    void thaw(String instanceId);

    /**
     * What the instance uses of the machine now. Looks nowhere else than at this one instance, and
     * only when it is asked.
     *
     * @throws EngineException of kind {@code REFUSED} when no such instance runs
     */
    Usage usage(String instanceId);

    /**
     * Thaws the instance, asks its process to end (SIGTERM), ends it after the grace (SIGKILL) and
     * removes the instance, exited ones too. Does nothing when there is none by that id.
     */
    void stop(String instanceId, Duration grace);

    /** All instances of this server, exited ones included. */
    List<Instance> list();

    /** The instances of one container, exited ones included. */
    List<Instance> list(UUID containerId);

    /**
     * Calls the listener, from a thread of the engine's own, soon after an instance of this server
     * came, exited or went, and once after every reconnection to the engine, for what was missed
     * meanwhile. An event says only "look again".
     */
    Subscription watch(Consumer<EngineEvent> listener);

    /**
     * Delivers what the instance's process wrote from that moment on (0.000001 s exact) until it is
     * gone or the subscription is closed.
     *
     * @param whenEnded called once when nothing more will be delivered
     */
    Subscription logs(String instanceId, Instant since, Consumer<LogLine> sink, Runnable whenEnded);

    /** The same for callers who do not care about the end. */
    default Subscription logs(String instanceId, Instant since, Consumer<LogLine> sink) {
        return logs(instanceId, since, sink, () -> {});
    }

    /** Ends and removes everything that this server ever created on the engine, at once. */
    void purge();

    /** Ends subscriptions and connections; instances go on running. */
    @Override
    void close();

    /** Something to be ended; ending it twice is harmless. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
