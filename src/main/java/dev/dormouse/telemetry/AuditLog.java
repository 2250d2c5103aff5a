package dev.dormouse.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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

    private final AuditSettings settings;
    private final Counter lost;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable FileChannel channel;

    /**
     * @param registry where lines are counted that the disk did not take
     */
    public AuditLog(AuditSettings settings, MeterRegistry registry) {
        this.settings = settings;
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
            write(bytes);
        } catch (IOException e) {
            lost.increment();
            LOG.error("the audit log is not written, its line is {} reason={}", line, e.toString());
        } finally {
            lock.unlock();
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        FileChannel file = open();
        if (file.size() > 0 && file.size() + bytes.remaining() > settings.bytesMax()) {
            close();
            makeRoom();
            file = open();
        }
        long whole = file.size();
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        } catch (IOException e) {
            file.truncate(whole);
            throw e;
        }
    }

    private FileChannel open() throws IOException {
        // An interrupt, as of a request whose client left, closes what is being written to.
        if (channel == null || !channel.isOpen()) {
            channel =
                    FileChannel.open(
                            settings.file(),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
        }
        return channel;
    }

    private void makeRoom() throws IOException {
        for (int number = settings.filesKept(); number > 0; number--) {
            Path from = number == 1 ? settings.file() : older(number - 1);
            if (Files.exists(from)) {
                Files.move(from, older(number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path older(int number) {
        return settings.file().resolveSibling(settings.file().getFileName() + "." + number);
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            if (channel != null) {
                channel.close();
                channel = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
