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
    private static final String NOTHING = "0";

    /** How often the kernel may give back less than it was asked for. */
    private static final int REFUSALS_MOST = 3;

    /**
     * Goes on until little is left, or until the kernel finds nothing more. Who has a limit of
     * memory may swap nothing while it runs; that binds again afterwards, also where a server that
     * was killed had left it lifted.
     */
    void push(Pace pace) throws IOException {
        Path limit = folder.resolve("memory.swap.max");
        if (!Files.exists(limit) || isUnlimited()) {
            reclaim(pace);
            return;
        }
        Files.writeString(limit, NO_LIMIT);
        try {
            reclaim(pace);
        } finally {
            Files.writeString(limit, NOTHING);
        }
    }

    private boolean isUnlimited() throws IOException {
        return Files.readString(folder.resolve("memory.max")).strip().equals(NO_LIMIT);
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
