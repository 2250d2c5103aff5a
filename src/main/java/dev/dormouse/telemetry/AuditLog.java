package dev.dormouse.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines that tell who changed what, in files that only their owner reads: {@code audit.log}, and
 * {@code audit.log.1} to the number that is kept, the newest first. A line is with the operating
 * system when {@link #append} returns, so it outlives the process. A disk that does not take it
 * fails nobody: the line goes to the server's own log, and the file keeps whole lines only. Safe on
 * any thread; lines are written one after another.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final RotatingFile file;
    private final Counter lost;
    private final ReentrantLock lock = new ReentrantLock();

    /**
     * @param registry where lines are counted that the disk did not take
     */
    public AuditLog(AuditSettings settings, MeterRegistry registry) {
        this.file = new RotatingFile(settings.file(), settings.bytesMax(), settings.filesKept());
        this.lost =
                Counter.builder("dormouse.audit.lost")
                        .description("Lines that the audit log's disk did not take")
                        .register(registry);
    }

    /** Keeps one line, which has no line end of its own. */
    public void append(String line) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
        lock.lock();
        try {
            file.append(bytes);
        } catch (IOException e) {
            lost.increment();
            LOG.error("the audit log is not written, its line is {} reason={}", line, e.toString());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            file.close();
        } finally {
            lock.unlock();
        }
    }
}
