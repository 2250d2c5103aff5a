package dev.dormouse.telemetry;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.Path;

/**
 * Where containers' output is kept and how much of it.
 *
 * @param logBytesPerContainer bound of what is kept for one container, in bytes; the oldest goes
 *     first
 * @param logLinesPerSecond the most lines of one instance that are kept; what is more is dropped
 */
public record TelemetrySettings(Path logDir, long logBytesPerContainer, int logLinesPerSecond) {
    private static final int LINES_PER_SECOND = 1_000;

    /** With the usual rate. */
    public TelemetrySettings(Path logDir, long logBytesPerContainer) {
        this(logDir, logBytesPerContainer, LINES_PER_SECOND);
    }

    /** Reads {@code DORMOUSE_LOG_BYTES_PER_CONTAINER} and {@code …_LOG_LINES_PER_SECOND}. */
    public static TelemetrySettings from(Source source, ServerSettings server) {
        return new TelemetrySettings(
                server.dataDir().resolve("logs"),
                source.bytes("DORMOUSE_LOG_BYTES_PER_CONTAINER", 10_000_000),
                (int)
                        source.number(
                                "DORMOUSE_LOG_LINES_PER_SECOND", LINES_PER_SECOND, 1, 1_000_000));
    }
}
