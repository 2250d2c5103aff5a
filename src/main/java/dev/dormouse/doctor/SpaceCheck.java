package dev.dormouse.doctor;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Free space where something is kept; says nothing of a folder that is not on this machine. */
final class SpaceCheck implements Check {
    private static final long MB = 1_000_000;
    private static final long FAILURE_BELOW = 200 * MB;
    private static final long WARNING_BELOW = 2_000 * MB;

    private final String about;
    private final Path folder;

    SpaceCheck(String about, Path folder) {
        this.about = about;
        this.folder = folder;
    }

    @Override
    public List<Finding> look() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try {
            FileStore store = Files.getFileStore(folder);
            long free = store.getUsableSpace();
            String says =
                    "%d MB are free of %d MB in %s"
                            .formatted(free / MB, store.getTotalSpace() / MB, folder);
            String advice =
                    "make room there; docker system prune removes what no container uses of an"
                            + " engine's";
            if (free < FAILURE_BELOW) {
                return List.of(new Finding.Failure(about, says, advice));
            }
            return List.of(
                    free < WARNING_BELOW
                            ? new Finding.Warning(about, says, advice)
                            : new Finding.Ok(about, says));
        } catch (IOException e) {
            return List.of(
                    new Finding.Warning(
                            about,
                            "the free space of %s is not known: %s".formatted(folder, e),
                            "look at it yourself"));
        }
    }
}
