package dev.dormouse.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk that a test fills and empties. */
public final class SmallDisk implements AutoCloseable {
    private static final int PIECE_BYTES = 4_096;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts a new one of this size there, which needs root. */
    public static SmallDisk mount(Path folder, String size) {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting needs root");
        OwnMachine.run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString());
        return new SmallDisk(folder);
    }

    /** One that is there already. */
    public static SmallDisk at(Path folder) {
        return new SmallDisk(folder);
    }

    /** Takes all that is left. */
    public void fill() {
        try (OutputStream filler = Files.newOutputStream(filler())) {
            byte[] piece = new byte[PIECE_BYTES];
            while (true) {
                filler.write(piece);
            }
        } catch (IOException full) {
            // there is no other way to be sure
            return;
        }
    }

    /** Takes all but about so much of it. */
    public void fillBut(long bytes) {
        fill();
        try (var filler = Files.newByteChannel(filler(), java.nio.file.StandardOpenOption.WRITE)) {
            filler.truncate(Math.max(0, filler.size() - bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives back what {@link #fill} took. */
    public void empty() {
        try {
            Files.delete(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path filler() {
        return folder.resolve("filler");
    }

    @Override
    public void close() {
        OwnMachine.run("umount", folder.toString());
    }
}
