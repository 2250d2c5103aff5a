package dev.dormouse.engine.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has a control group of the second version give its memory back piece by piece.
 *
 * @param folder the group's
 */
record Reclaim(Path folder, long pieceBytes) {
    private static final String NO_LIMIT = "max";

    /** How often the kernel may give back less than it was asked for. */
    private static final int REFUSALS_MOST = 3;

    /**
     * Goes on until little is left, or until the kernel finds nothing more. What an instance may
     * swap while it runs is limited to nothing, and binds again afterwards.
     */
    void push(Pace pace) throws IOException {
        Path limit = folder.resolve("memory.swap.max");
        String running = Files.exists(limit) ? Files.readString(limit).strip() : NO_LIMIT;
        if (running.equals(NO_LIMIT)) {
            reclaim(pace);
            return;
        }
        Files.writeString(limit, NO_LIMIT);
        try {
            reclaim(pace);
        } finally {
            Files.writeString(limit, running);
        }
    }

    private void reclaim(Pace pace) throws IOException {
        Path reclaim = folder.resolve("memory.reclaim");
        Path current = folder.resolve("memory.current");
        int refusals = 0;
        while (pace.goesOn()
                && refusals < REFUSALS_MOST
                && Long.parseLong(Files.readString(current).strip()) > pieceBytes) {
            try {
                Files.writeString(reclaim, Long.toString(pieceBytes));
            } catch (IOException tooLittle) { // EAGAIN
                refusals++;
            }
        }
    }
}
