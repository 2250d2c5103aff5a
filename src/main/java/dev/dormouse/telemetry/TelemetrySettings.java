package dev.dormouse.telemetry;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.Path;

/**
 * Where containers' output is kept and how much of it.
 *
 * @param logBytesPerContainer bound of what is kept for one container, in bytes; the oldest goes
 *     first
 */
public record TelemetrySettings(Path logDir, long logBytesPerContainer) {
    /** Reads {@code DORMOUSE_LOG_BYTES_PER_CONTAINER}. */
    public static TelemetrySettings from(Source source, ServerSettings server) {
        return new TelemetrySettings(
                server.dataDir().resolve("logs"),
                source.bytes("DORMOUSE_LOG_BYTES_PER_CONTAINER", 10_000_000));
    }
}
