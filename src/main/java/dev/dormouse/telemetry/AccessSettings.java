package dev.dormouse.telemetry;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.Path;

/**
 * Whether requests to containers are told of, where, and how much of it is kept.
 *
 * @param format how, unless a container says otherwise; off for no lines
 * @param bytesMax how large the file grows before the next is begun
 * @param filesKept how many older ones stay
 */
public record AccessSettings(Format format, Path file, long bytesMax, int filesKept) {
    private static final int FILES_MOST = 1_000;

    /** Below it a file would not hold what is written at a time. */
    private static final long BYTES_LEAST = 100_000;

    /** What a line looks like. */
    public enum Format {
        /** There are none but those of containers that ask for them. */
        OFF,
        /** As web servers do it, the form named combined. */
        COMMON,
        /** An object of JSON. */
        JSON
    }

    /** Reads {@code DORMOUSE_ACCESS_LOG}, {@code …_LOG_BYTES} and {@code …_LOGS_KEPT}. */
    public static AccessSettings from(Source source, ServerSettings server) {
        String size = "DORMOUSE_ACCESS_LOG_BYTES";
        long bytes = source.bytes(size, 10_000_000);
        if (bytes < BYTES_LEAST) {
            source.mistake(size, bytes + "B", "a size from 100kB");
        }
        return new AccessSettings(
                source.choice("DORMOUSE_ACCESS_LOG", Format.OFF),
                server.dataDir().resolve("access.log"),
                bytes,
                (int) source.number("DORMOUSE_ACCESS_LOGS_KEPT", 10, 1, FILES_MOST));
    }
}
