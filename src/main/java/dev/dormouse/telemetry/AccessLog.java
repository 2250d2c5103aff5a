package dev.dormouse.telemetry;

import dev.dormouse.telemetry.AccessSettings.Format;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each request to a container, in files that only their owner reads: {@code access.log},
 * and {@code access.log.1} to the number that is kept, the newest first. Whoever tells it of a
 * request never waits: what the writer is too far behind for, or the disk does not take, is dropped
 * and counted. Safe on any thread.
 */
public final class AccessLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    /** Requests that may wait for the writer. */
    private static final int WAITING_MAX = 8_192;

    /** Bytes that are written at a time. */
    private static final int BATCH = 64 << 10;

    /** How long the writer lets requests gather, so that it is not woken for each. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private static final Duration REST_MAX = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Format format;
    private final RotatingFile file;
    private final Counter overrun;
    private final Counter refused;
    private final Queue<Access> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean isResting = new AtomicBoolean();
    private final Thread writer;
    private volatile boolean isClosing;
    private boolean complained;

    private AccessLog(AccessSettings settings, MeterRegistry registry) {
        this.format = settings.format();
        this.file = new RotatingFile(settings.file(), settings.bytesMax(), settings.filesKept());
        this.overrun = lost(registry, "queue_full");
        this.refused = lost(registry, "disk");
        this.writer = Thread.ofVirtual().name("access-log").unstarted(this::write);
    }

    /**
     * The file is opened with its first line.
     *
     * @param registry where requests are counted that were dropped
     */
    public static AccessLog open(AccessSettings settings, MeterRegistry registry) {
        AccessLog log = new AccessLog(settings, registry);
        log.writer.start();
        return log;
    }

    private static Counter lost(MeterRegistry registry, String cause) {
        return Counter.builder("dormouse.access.lost")
                .description("Requests that are missing in the access log")
                .tag("cause", cause)
                .register(registry);
    }

    /** Whether containers that do not say are told of. */
    public boolean isOnByDefault() {
        return format != Format.OFF;
    }

    /** Takes no lock, and no longer than adding to a list. */
    public void tell(Access access) {
        if (count.incrementAndGet() > WAITING_MAX || isClosing) {
            count.decrementAndGet();
            overrun.increment();
            return;
        }
        waiting.add(access);
        if (isResting.get() && isResting.compareAndSet(true, false)) {
            LockSupport.unpark(writer);
        }
    }

    private void write() {
        while (!isClosing) {
            isResting.set(true);
            if (waiting.isEmpty() && !isClosing) {
                LockSupport.parkNanos(REST_MAX.toNanos());
            }
            isResting.set(false);
            if (!isClosing) {
                LockSupport.parkNanos(GATHER.toNanos());
            }
            writeWaiting();
        }
        writeWaiting();
    }

    private void writeWaiting() {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        int lines = 0;
        for (Access next = next(); next != null; next = next()) {
            byte[] line = format == Format.COMMON ? AccessLine.common(next) : AccessLine.json(next);
            if (batch.size() + line.length > BATCH) {
                append(batch, lines);
                lines = 0;
            }
            batch.writeBytes(line);
            lines++;
        }
        append(batch, lines);
    }

    private @Nullable Access next() {
        Access access = waiting.poll();
        if (access != null) {
            count.decrementAndGet();
        }
        return access;
    }

    private void append(ByteArrayOutputStream batch, int lines) {
        if (lines == 0) {
            return;
        }
        try {
            file.append(ByteBuffer.wrap(batch.toByteArray()));
            complained = false;
        } catch (IOException e) {
            refused.increment(lines);
            if (!complained) {
                LOG.warn("the access log is not written reason={}", e.toString());
                complained = true;
            }
        }
        batch.reset();
    }

    /** What was told of is written first, if the disk takes it in time. */
    @Override
    public void close() throws IOException {
        isClosing = true;
        LockSupport.unpark(writer);
        try {
            if (writer.join(CLOSE_TIMEOUT)) {
                file.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
