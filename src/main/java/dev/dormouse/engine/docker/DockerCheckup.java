package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.api.model.Version;
import dev.dormouse.engine.EngineReport;
import dev.dormouse.engine.Swap;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Asks a Docker Engine how it is, and changes nothing there. */
public final class DockerCheckup {
    private static final int MAJOR = 1;
    private static final int MINOR_LEAST = 41;

    private DockerCheckup() {}

    /**
     * The engine's answer.
     *
     * @throws dev.dormouse.engine.EngineException when there is none in time
     */
    public static EngineReport ask(DockerSettings settings) {
        try (Session session = Session.open(settings, "doctor", InstantSource.system())) {
            Info info = session.call(() -> session.client().infoCmd().exec());
            Version version = session.call(() -> session.client().versionCmd().exec());
            return report(session, info, Objects.requireNonNullElse(version.getApiVersion(), ""));
        } catch (DockerException e) {
            throw Refusals.general("asking how the engine is", e);
        }
    }

    private static EngineReport report(Session session, Info info, String apiVersion) {
        DockerSettings settings = session.settings();
        Map<String, Object> raw = info.getRawValues();
        boolean isHere = settings.host().startsWith("unix:") && Freezer.isDirect(settings);
        return new EngineReport(
                "Docker Engine %s on %s, storage %s"
                        .formatted(
                                info.getServerVersion(),
                                info.getOperatingSystem(),
                                info.getDriver()),
                apiVersion,
                isNewEnough(apiVersion),
                unbound(info, raw),
                StorageLimit.isPossible(info),
                isTrue(raw, "LiveRestoreEnabled"),
                isHere,
                isHere ? new MachineMemory(Path.of("/")).swap() : Swap.NONE,
                Objects.requireNonNullElse(info.getMemTotal(), 0L),
                makesNetworksAhead(settings, info),
                texts(raw, "SecurityOptions").stream().anyMatch(one -> one.contains("seccomp")),
                new Runtimes(session, raw).report(),
                Objects.requireNonNullElse(info.getDockerRootDir(), ""),
                texts(raw, "Warnings"),
                time(Objects.requireNonNullElse(info.getSystemTime(), "")));
    }

    private static boolean makesNetworksAhead(DockerSettings settings, Info info) {
        return settings.host().startsWith("unix:")
                && settings.reach() != DockerSettings.Reach.PORT
                && settings.sandboxes() > 0
                && EngineFacts.sharesNetworks(info)
                && SandboxImage.of(EngineFacts.platform(info)).isPresent();
    }

    private static boolean isNewEnough(String apiVersion) {
        String[] parts = apiVersion.split("\\.", 2);
        try {
            int major = Integer.parseInt(parts[0]);
            return major > MAJOR
                    || (major == MAJOR
                            && parts.length == 2
                            && Integer.parseInt(parts[1]) >= MINOR_LEAST);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static List<String> unbound(Info info, Map<String, Object> raw) {
        List<String> unbound = new ArrayList<>();
        if (!Boolean.TRUE.equals(info.getMemoryLimit())) {
            unbound.add("memory");
        }
        if (!Boolean.TRUE.equals(info.getCpuCfsQuota())
                || !Boolean.TRUE.equals(info.getCpuCfsPeriod())) {
            unbound.add("CPU");
        }
        if (!isTrue(raw, "PidsLimit")) {
            unbound.add("processes");
        }
        return unbound;
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isTrue(Map<String, Object> raw, String name) {
        return Boolean.TRUE.equals(raw.get(name));
    }

    private static List<String> texts(Map<String, Object> raw, String name) {
        return raw.get(name) instanceof Collection<?> all
                ? all.stream().map(String::valueOf).toList()
                : List.of();
    }
}
