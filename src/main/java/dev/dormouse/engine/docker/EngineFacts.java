package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Info;
import dev.dormouse.engine.Capabilities;
import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about the engine at start.
 *
 * @param platform operating system and architecture as images name them: {@code linux/amd64}
 * @param cpus how many CPUs there are; the engine refuses limits above
 */
record EngineFacts(
        String description,
        String platform,
        int cpus,
        boolean memoryLimit,
        boolean swapLimit,
        boolean cpuLimit,
        boolean processLimit,
        boolean storageLimit) {
    private static final String PROBE_REPOSITORY = "dormouse/probe";

    /** A tar file's end, and nothing before it. */
    private static final int EMPTY_TAR_BYTES = 1_024;

    static EngineFacts ask(DockerClient client) {
        Info info = client.infoCmd().exec();
        return new EngineFacts(
                "Docker Engine %s on %s, storage %s"
                        .formatted(
                                info.getServerVersion(),
                                info.getOperatingSystem(),
                                info.getDriver()),
                info.getOsType()
                        + "/"
                        + architecture(Objects.requireNonNullElse(info.getArchitecture(), "")),
                Objects.requireNonNullElse(info.getNCPU(), 1),
                isTrue(info.getMemoryLimit()),
                isTrue(info.getSwapLimit()),
                isTrue(info.getCpuCfsQuota()) && isTrue(info.getCpuCfsPeriod()),
                info.getRawValues().get("PidsLimit") instanceof Boolean pids && pids,
                takesStorageLimit(client));
    }

    Capabilities capabilities() {
        return new Capabilities(description, memoryLimit, cpuLimit, storageLimit, false);
    }

    /** The engine names the kernel's architecture, images name Go's. */
    private static String architecture(String kernelName) {
        return switch (kernelName) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case "armv7l", "armv6l" -> "arm";
            case "i386", "i686" -> "386";
            default -> kernelName;
        };
    }

    /**
     * Whether a writable layer can be limited depends on the storage driver, its file system and
     * how that is mounted, and no call tells: so it is tried, on a container without content that
     * is never started.
     */
    private static boolean takesStorageLimit(DockerClient client) {
        String image =
                client.createImageCmd(
                                PROBE_REPOSITORY,
                                new ByteArrayInputStream(new byte[EMPTY_TAR_BYTES]))
                        .exec()
                        .getId();
        try {
            String container =
                    client.createContainerCmd(image)
                            .withCmd("none")
                            .withHostConfig(
                                    HostConfig.newHostConfig()
                                            .withStorageOpt(Map.of("size", "64M")))
                            .exec()
                            .getId();
            client.removeContainerCmd(container).exec();
            return true;
        } catch (DockerException refused) {
            return false;
        } finally {
            client.removeImageCmd(image).withForce(true).exec();
        }
    }

    private static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }
}
