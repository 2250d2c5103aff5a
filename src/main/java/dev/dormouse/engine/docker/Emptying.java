package dev.dormouse.engine.docker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Has a control group of the first version give back all that it can. The kernel does so in one
 * call, which only a signal ends: so a process of its own makes it.
 *
 * @param file the group's, which is written to for that
 */
record Emptying(Path file) {
    private static final Duration LOOK_EVERY = Duration.ofMillis(1);

    static Emptying of(Path folder) {
        return new Emptying(folder.resolve("memory.force_empty"));
    }

    void run(Pace pace) throws IOException {
        Process writer =
                new ProcessBuilder("sh", "-c", "echo 0 > \"$0\"", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            boolean isOver = false;
            while (!isOver && pace.isWanted()) {
                isOver = writer.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            writer.destroyForcibly();
        }
    }
}
