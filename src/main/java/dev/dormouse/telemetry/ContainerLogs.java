package dev.dormouse.telemetry;

import dev.dormouse.model.LogLine;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What containers wrote to stdout and stderr, kept on disk within a bound, for containers that
 * sleep and instances that are gone too. Safe on any thread; each container's file has one lock,
 * which its own writers and readers share. A disk that does not take a line loses that line, says
 * so once, and disturbs nobody.
 */
public final class ContainerLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerLogs.class);

    private final TelemetrySettings settings;
    private final Map<UUID, Entry> entries = new ConcurrentHashMap<>();

    public ContainerLogs(TelemetrySettings settings) {
        this.settings = settings;
    }

    private static final class Entry {
        final ReentrantLock lock = new ReentrantLock();
        final LogFile file;
        final List<Consumer<LogLine>> followers = new CopyOnWriteArrayList<>();
        boolean complained;

        Entry(LogFile file) {
            this.file = file;
        }
    }

    /** A follower's place; closing it twice is harmless. */
    public interface Following extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes one instance's lines, one at a time, and keeps as many as its rate allows; then it may
     * keep its caller waiting for a while.
     */
    public Consumer<LogLine> writer(UUID containerId) {
        LogRate rate =
                new LogRate(
                        settings.logLinesPerSecond(),
                        System::nanoTime,
                        pause -> LockSupport.parkNanos(pause.toNanos()),
                        line -> append(containerId, line));
        return rate::take;
    }

    /** Keeps a line and hands it to whoever follows. */
    public void append(UUID containerId, LogLine line) {
        Entry entry = entry(containerId);
        entry.lock.lock();
        try {
            entry.file.append(line);
            entry.complained = false;
        } catch (IOException e) {
            if (!entry.complained) {
                LOG.warn(
                        "output of a container is lost container={} reason={}",
                        containerId,
                        e.toString());
                entry.complained = true;
            }
        } finally {
            entry.followers.forEach(follower -> follower.accept(line));
            entry.lock.unlock();
        }
    }

    /**
     * An instance of the container is gone: its file need not stay open, for a server has fewer
     * files to open than containers. The next line opens it again.
     */
    public void rest(UUID containerId) {
        Entry entry = entries.get(containerId);
        if (entry == null) {
            return;
        }
        entry.lock.lock();
        try {
            entry.file.close();
        } catch (IOException e) {
            LOG.warn(
                    "kept output cannot be closed container={} reason={}",
                    containerId,
                    e.toString());
        } finally {
            entry.lock.unlock();
        }
    }

    /** The newest lines of a container, oldest first. */
    public List<LogLine> tail(UUID containerId, int lines) {
        Entry entry = entry(containerId);
        entry.lock.lock();
        try {
            return entry.file.tail(lines);
        } catch (IOException e) {
            throw new IllegalStateException("the kept output cannot be read: " + e.getMessage(), e);
        } finally {
            entry.lock.unlock();
        }
    }

    /**
     * Delivers the newest lines and then each new one, in order and without a gap, until closed.
     * The sink must not block: it is called while the container's writer waits.
     */
    public Following follow(UUID containerId, int lines, Consumer<LogLine> sink) {
        Entry entry = entry(containerId);
        entry.lock.lock();
        try {
            tail(containerId, lines).forEach(sink);
            entry.followers.add(sink);
        } finally {
            entry.lock.unlock();
        }
        return () -> entry.followers.remove(sink);
    }

    /** When the newest kept line of the instance was written. */
    public Optional<Instant> lastAt(UUID containerId, String instanceId) {
        Entry entry = entry(containerId);
        entry.lock.lock();
        try {
            return entry.file.lastAt(instanceId);
        } catch (IOException e) {
            LOG.warn(
                    "the kept output cannot be read container={} reason={}",
                    containerId,
                    e.toString());
            return Optional.empty();
        } finally {
            entry.lock.unlock();
        }
    }

    /** Forgets a container that is gone. */
    public void delete(UUID containerId) {
        Entry entry = entry(containerId);
        entry.lock.lock();
        try {
            entry.file.delete();
        } catch (IOException e) {
            LOG.warn(
                    "kept output cannot be deleted container={} reason={}",
                    containerId,
                    e.toString());
        } finally {
            entry.lock.unlock();
            entries.remove(containerId);
        }
    }

    private Entry entry(UUID containerId) {
        return entries.computeIfAbsent(
                containerId,
                id ->
                        new Entry(
                                new LogFile(
                                        settings.logDir().resolve(id.toString()),
                                        settings.logBytesPerContainer())));
    }

    @Override
    public void close() {
        for (Entry entry : entries.values()) {
            entry.lock.lock();
            try {
                entry.file.close();
            } catch (IOException e) {
                LOG.warn("kept output cannot be closed reason={}", e.toString());
            } finally {
                entry.lock.unlock();
            }
        }
    }
}
