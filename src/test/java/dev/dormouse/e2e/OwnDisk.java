package dev.dormouse.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A small file system of a test's own, in memory, that can be filled to its end. Needs root. */
final class OwnDisk {
    private OwnDisk() {}

    static void mount(Path folder, String size) {
        run("mount", "-t", "tmpfs", "-o", "mode=700,size=" + size, "tmpfs", folder.toString());
    }

    static void unmount(Path folder) {
        run("umount", folder.toString());
    }

    private static void run(String... command) {
        try {
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new AssertionError("failed: " + String.join(" ", command));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
