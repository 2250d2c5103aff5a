package dev.dormouse.telemetry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines that only its owner reads, and beside it those that came before, numbered, the
 * newest first. It is made with its first line. Not safe on several threads: its owner guards it.
 */
final class RotatingFile {
    private final Path file;
    private final long bytesMax;
    private final int filesKept;
    private @Nullable FileChannel channel;

    /**
     * @param bytesMax how large the file grows before the next is begun
     * @param filesKept how many older ones stay
     */
    RotatingFile(Path file, long bytesMax, int filesKept) {
        this.file = file;
        this.bytesMax = bytesMax;
        this.filesKept = filesKept;
    }

    /**
     * Hands whole lines to the operating system, so that they outlive this process; or, where the
     * disk does not take them, nothing of them.
     */
    void append(ByteBuffer lines) throws IOException {
        FileChannel open = open();
        if (open.size() > 0 && open.size() + lines.remaining() > bytesMax) {
            close();
            makeRoom();
            open = open();
        }
        long whole = open.size();
        try {
            while (lines.hasRemaining()) {
                open.write(lines);
            }
        } catch (IOException e) {
            open.truncate(whole);
            throw e;
        }
    }

    private FileChannel open() throws IOException {
        // An interrupt, as of a request whose client left, closes what is being written to.
        if (channel == null || !channel.isOpen()) {
            channel =
                    FileChannel.open(
                            file,
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
        }
        return channel;
    }

    private void makeRoom() throws IOException {
        for (int number = filesKept; number > 0; number--) {
            Path from = number == 1 ? file : older(number - 1);
            if (Files.exists(from)) {
                Files.move(from, older(number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
