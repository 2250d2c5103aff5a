package dev.dormouse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;

/**
 * The folder of one server: made at first start, readable by its owner alone, held by one process
 * at a time.
 */
final class DataDirectory implements AutoCloseable {
    private final UUID serverId;
    private final FileChannel channel;
    private final FileLock lock;

    private DataDirectory(UUID serverId, FileChannel channel, FileLock lock) {
        this.serverId = serverId;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Takes the folder.
     *
     * @throws IllegalStateException if it cannot be used, or another server holds it
     */
    static DataDirectory take(Path path) {
        try {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            FileChannel channel =
                    FileChannel.open(
                            path.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel, path);
            return new DataDirectory(serverId(path.resolve("server-id")), channel, lock);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the data directory %s cannot be used: %s".formatted(path, e), e);
        }
    }

    private static FileLock tryLock(FileChannel channel, Path path) throws IOException {
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // told below
        }
        if (lock == null) {
            channel.close();
            throw new IllegalStateException(
                    "another server is running on the data directory " + path);
        }
        return lock;
    }

    private static UUID serverId(Path file) throws IOException {
        if (!Files.exists(file)) {
            Path fresh = file.resolveSibling("server-id.new");
            Files.writeString(fresh, UUID.randomUUID() + "\n");
            Files.move(fresh, file);
        }
        return UUID.fromString(Files.readString(file).strip());
    }

    /** Marks all that this server creates outside, for ever. */
    UUID serverId() {
        return serverId;
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
