package dev.dormouse;

import dev.dormouse.api.ApiSettings;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.SettingsFile;
import dev.dormouse.config.Source;
import dev.dormouse.engine.docker.DockerSettings;
import dev.dormouse.gateway.GatewaySettings;
import dev.dormouse.reconcile.ReconcileSettings;
import dev.dormouse.store.StoreSettings;
import dev.dormouse.telemetry.AccessSettings;
import dev.dormouse.telemetry.AuditSettings;
import dev.dormouse.telemetry.TelemetrySettings;
import dev.dormouse.tls.TlsSettings;
import java.util.Map;

/** Every feature's settings, read together, so that all mistakes are told at once. */
record Settings(
        ServerSettings server,
        StoreSettings store,
        TelemetrySettings telemetry,
        AuditSettings audit,
        AccessSettings access,
        DockerSettings docker,
        ReconcileSettings reconcile,
        GatewaySettings gateway,
        TlsSettings tls,
        ApiSettings api) {
    /** How much the server's own log says. */
    private enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    /**
     * Reads the environment and the settings file.
     *
     * @throws dev.dormouse.config.ConfigException with every mistake
     */
    static Settings from(Map<String, String> environment) {
        Source source = new Source(SettingsFile.under(environment));
        source.optional(SettingsFile.NAME);
        System.setProperty(
                "dormouse.log.level", source.choice("DORMOUSE_LOG_LEVEL", LogLevel.INFO).name());
        ServerSettings server = ServerSettings.from(source, environment);
        Settings settings =
                new Settings(
                        server,
                        StoreSettings.from(source, server),
                        TelemetrySettings.from(source, server),
                        AuditSettings.from(source, server),
                        AccessSettings.from(source, server),
                        DockerSettings.from(source),
                        ReconcileSettings.from(source),
                        GatewaySettings.from(source, server),
                        TlsSettings.from(source, server),
                        ApiSettings.from(source));
        source.check();
        return settings;
    }
}
