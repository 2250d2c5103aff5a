package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Frame;
import dev.dormouse.engine.Engine.Subscription;
import dev.dormouse.engine.EngineException;
import dev.dormouse.model.LogLine;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one instance's output until it has ended, over as many connections as it takes: after a
 * broken one it goes on behind the last piece that it has seen. Delivers on a thread of
 * docker-java's, one piece at a time, so that a slow sink slows the reading.
 */
final class LogFollower implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);

    private final DockerClient streams;
    private final String name;
    private final LogLines lines;
    private final BooleanSupplier running;
    private final Consumer<Subscription> whenEnded;
    private final Thread thread;
    private volatile boolean closed;

    /**
     * A follower, not yet started.
     *
     * @param running tells whether the instance may still write; asked after each connection's end
     * @param whenEnded told once when nothing more will be delivered
     */
    LogFollower(
            DockerClient streams,
            String name,
            LogLines lines,
            BooleanSupplier running,
            Consumer<Subscription> whenEnded) {
        this.streams = streams;
        this.name = name;
        this.lines = lines;
        this.running = running;
        this.whenEnded = whenEnded;
        this.thread = Thread.ofVirtual().name("docker-logs-" + name).unstarted(this::run);
    }

    /** A sink whose failures end nothing. */
    static Consumer<LogLine> guarded(Consumer<LogLine> sink) {
        return line -> {
            try {
                sink.accept(line);
            } catch (RuntimeException e) {
                LOG.atWarn()
                        .addKeyValue("instance", line.instanceId())
                        .setCause(e)
                        .log("a log line could not be kept");
            }
        };
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
        try {
            while (!closed && follow()) {
                backoff.pause();
            }
            if (!closed) { // the stream may have ended before the last line was there
                read();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!closed) {
                lines.end();
            }
            whenEnded.accept(this);
        }
    }

    /** Reads one connection to its end; tells whether there may be more to follow. */
    private boolean follow() throws InterruptedException {
        return read() && mayRun();
    }

    private boolean mayRun() {
        try {
            return running.getAsBoolean();
        } catch (EngineException unknown) {
            return true;
        }
    }

    /** Whether there was anything to read. */
    private boolean read() throws InterruptedException {
        lines.restart();
        Connection connection = new Connection(lines.seen());
        try (connection) {
            streams.logContainerCmd(name)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTimestamps(true)
                    .withFollowStream(true)
                    .withSince(Math.toIntExact(Math.max(0, lines.position().getEpochSecond())))
                    .exec(connection)
                    .awaitCompletion();
        } catch (NotFoundException gone) {
            return false;
        } catch (DockerException e) {
            LOG.atDebug().addKeyValue("instance", name).setCause(e).log("logs refused");
        } catch (IOException | RuntimeException e) {
            LOG.atDebug().addKeyValue("instance", name).setCause(e).log("logs broke off");
        }
        return true;
    }

    private final class Connection extends ResultCallback.Adapter<Frame> {
        private final Instant seen;

        Connection(Instant seen) {
            this.seen = seen;
        }

        @Override
        public void onStart(Closeable stream) {
            super.onStart(stream);
            if (closed) {
                closeQuietly();
            }
        }

        @Override
        public void onNext(Frame frame) {
            if (!closed) {
                lines.accept(frame, seen);
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
