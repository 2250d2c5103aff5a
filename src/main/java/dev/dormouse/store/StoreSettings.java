package dev.dormouse.store;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where desired state is kept and how long callers wait for it.
 *
 * @param dataDir the folder of the database and of the key to its secrets; made if it is missing
 * @param queueDepthMax how many writes may wait for the writer
 * @param deadline how long a caller waits for its turn before it is told that the store is busy
 * @param readers how many reads run at once
 */
public record StoreSettings(Path dataDir, int queueDepthMax, Duration deadline, int readers) {
    private static final String DEADLINE = "DORMOUSE_STORE_DEADLINE";
    private static final Duration DEADLINE_LEAST = Duration.ofMillis(250);
    private static final Duration DEADLINE_DEFAULT = Duration.ofSeconds(10);

    public StoreSettings {
        if (queueDepthMax < 1 || readers < 1 || deadline.compareTo(DEADLINE_LEAST) < 0) {
            throw new IllegalArgumentException(
                    "queueDepthMax and readers are at least 1, deadline is at least 250ms");
        }
    }

    /**
     * Reads {@code DORMOUSE_STORE_QUEUE_DEPTH_MAX}, {@code DORMOUSE_STORE_DEADLINE}, {@code
     * DORMOUSE_STORE_READERS}.
     */
    public static StoreSettings from(Source source, ServerSettings server) {
        Duration deadline = source.duration(DEADLINE, DEADLINE_DEFAULT);
        if (deadline.compareTo(DEADLINE_LEAST) < 0) {
            source.mistake(DEADLINE, deadline.toMillis() + "ms", "at least 250ms");
            deadline = DEADLINE_DEFAULT;
        }
        return new StoreSettings(
                server.dataDir(),
                (int) source.number("DORMOUSE_STORE_QUEUE_DEPTH_MAX", 256, 1, 100_000),
                deadline,
                (int) source.number("DORMOUSE_STORE_READERS", 4, 1, 64));
    }

    /** The database's file; beside it lie the files that SQLite adds. */
    Path database() {
        return dataDir.resolve("dormouse.db");
    }

    /** The file with the key that secrets are sealed with. */
    Path keyFile() {
        return dataDir.resolve("store.key");
    }
}
