package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Info;
import dev.dormouse.engine.Capabilities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
    private static final int BUILD_SECONDS_MAX = 30;

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

    /** What the engine can do, if instances are reached through published ports or not. */
    Capabilities capabilities(boolean publishes) {
        return new Capabilities(description, memoryLimit, cpuLimit, storageLimit, publishes);
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
        String image = emptyImage(client);
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

    /** By a build, for docker-java sends no body with an import. */
    private static String emptyImage(DockerClient client) {
        try {
            Path folder = Files.createTempDirectory("dormouse-probe");
            Path dockerfile = folder.resolve("Dockerfile");
            try {
                Files.writeString(dockerfile, "FROM scratch\nCMD [\"none\"]\n");
                return client.buildImageCmd(dockerfile.toFile())
                        .start()
                        .awaitImageId(BUILD_SECONDS_MAX, TimeUnit.SECONDS);
            } finally {
                Files.deleteIfExists(dockerfile);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }
}
