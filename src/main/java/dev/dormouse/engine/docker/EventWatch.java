package dev.dormouse.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import dev.dormouse.engine.Engine.Subscription;
import dev.dormouse.engine.EngineEvent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to the engine's events about this server's instances for as long as it is open. Each
 * connection but one made while {@link #start} waits begins with a Resync. The listener may be
 * called on several threads at once, since ends are told each when the engine's list shows it.
 */
final class EventWatch implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(EventWatch.class);

    private final Session session;
    private final Consumer<EngineEvent> listener;
    private final Function<String, Optional<UUID>> sandboxDied;
    private final Consumer<Subscription> whenEnded;
    private final CountDownLatch connected = new CountDownLatch(1);
    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
    private final Thread thread;
    private volatile boolean mayHaveMissed;
    private volatile boolean closed;

    /**
     * A watch, not yet started.
     *
     * @param sandboxDied told of the end of a sandbox; knows the container that this concerns
     * @param whenEnded told once when it has been closed
     */
    EventWatch(
            Session session,
            Consumer<EngineEvent> listener,
            Function<String, Optional<UUID>> sandboxDied,
            Consumer<Subscription> whenEnded) {
        this.session = session;
        this.listener = listener;
        this.sandboxDied = sandboxDied;
        this.whenEnded = whenEnded;
        this.thread = Thread.ofVirtual().name("docker-events").unstarted(this::run);
    }

    /** Connects, and returns once connected or when the time is up; it then goes on trying. */
    void start(Duration patience) {
        thread.start();
        try {
            if (!connected.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                mayHaveMissed = true;
            }
        } catch (InterruptedException e) {
            mayHaveMissed = true;
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                listen();
                mayHaveMissed = true;
                backoff.pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            whenEnded.accept(this);
        }
    }

    private void listen() throws InterruptedException {
        Connection connection = new Connection();
        try (connection) {
            session.connections()
                    .streams()
                    .eventsCmd()
                    .withEventTypeFilter(EventType.CONTAINER)
                    .withEventFilter("start", "oom", "die", "destroy")
                    .withLabelFilter(Map.of(Labels.SERVER, session.serverId()))
                    .exec(connection)
                    .awaitCompletion();
        } catch (IOException | RuntimeException e) {
            LOG.atDebug().setCause(e).log("the engine's events broke off");
            if (!closed && !connection.begun) {
                session.pulse().silent(Calls.innermost(e));
            }
        }
    }

    /**
     * The engine tells of an end before its list shows it. An inspection waits for the container's
     * lock, which is held until it does.
     */
    private void tellOfEnd(@Nullable String dockerId, EngineEvent event) {
        try {
            if (dockerId != null) {
                session.call(() -> session.client().inspectContainerCmd(dockerId).exec());
            }
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("an ended container is gone already");
        }
        tell(event);
    }

    private void tell(EngineEvent event) {
        if (closed) {
            return;
        }
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("an engine event was not taken");
        }
    }

    private final class Connection extends ResultCallback.Adapter<Event> {
        volatile boolean begun;

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            begun = true;
            if (closed) {
                closeQuietly();
                return;
            }
            session.pulse().answered();
            backoff.reset();
            connected.countDown();
            if (mayHaveMissed) {
                tell(new EngineEvent.Resync());
            }
        }

        @Override
        public void onNext(Event event) {
            var actor = event.getActor();
            var labels = actor == null ? null : actor.getAttributes();
            if (labels != null && Labels.areOfSandbox(labels)) {
                onSandbox(Objects.requireNonNull(actor).getId(), event.getAction());
                return;
            }
            String container = labels == null ? null : labels.get(Labels.CONTAINER);
            if (container == null) {
                return;
            }
            try {
                EngineEvent changed = new EngineEvent.Changed(UUID.fromString(container));
                if ("die".equals(event.getAction()) && actor != null) {
                    Thread.ofVirtual()
                            .name("docker-end")
                            .start(() -> tellOfEnd(actor.getId(), changed));
                } else {
                    tell(changed);
                }
            } catch (IllegalArgumentException e) {
                LOG.atWarn()
                        .addKeyValue("container", container)
                        .log("an event with a strange label");
            }
        }

        private void onSandbox(@Nullable String dockerId, @Nullable String action) {
            if (dockerId != null && "die".equals(action)) {
                sandboxDied
                        .apply(dockerId)
                        .ifPresent(container -> tell(new EngineEvent.Changed(container)));
            }
        }

        private void closeQuietly() {
            try {
                close();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("closing");
            }
        }
    }
}
