package dev.dormouse.telemetry;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.Path;

/**
 * Where the audit log is kept and how much of it.
 *
 * @param bytesMax how large the file grows before the next is begun
 * @param filesKept how many older ones stay
 */
public record AuditSettings(Path file, long bytesMax, int filesKept) {
    private static final int FILES_MOST = 1_000;

    /** Reads {@code DORMOUSE_AUDIT_LOG_BYTES} and {@code …_AUDIT_LOGS_KEPT}. */
    public static AuditSettings from(Source source, ServerSettings server) {
        return new AuditSettings(
                server.dataDir().resolve("audit.log"),
                source.bytes("DORMOUSE_AUDIT_LOG_BYTES", 10_000_000),
                (int) source.number("DORMOUSE_AUDIT_LOGS_KEPT", 10, 1, FILES_MOST));
    }
}
