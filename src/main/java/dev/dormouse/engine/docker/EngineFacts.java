package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Info;
import dev.dormouse.engine.Capabilities;
import dev.dormouse.engine.Swap;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was found out about the engine at start.
 *
 * @param platform operating system and architecture as images name them: {@code linux/amd64}
 * @param cpus how many CPUs there are; the engine refuses limits above
 * @param sharesNetworks whether two containers can live in one network namespace
 */
record EngineFacts(
        String description,
        String platform,
        int cpus,
        long memoryBytes,
        boolean memoryLimit,
        boolean swapLimit,
        boolean cpuLimit,
        boolean cpuShares,
        boolean processLimit,
        boolean storageLimit,
        boolean sharesNetworks) {
    private static final Pattern STACKS_OF_THEIR_OWN = Pattern.compile("runsc|gvisor|kata");

    static EngineFacts of(Info info, DockerClient client, String serverId) {
        return new EngineFacts(
                "Docker Engine %s on %s, storage %s"
                        .formatted(
                                info.getServerVersion(),
                                info.getOperatingSystem(),
                                info.getDriver()),
                platform(info),
                Objects.requireNonNullElse(info.getNCPU(), 1),
                Objects.requireNonNullElse(info.getMemTotal(), 0L),
                isTrue(info.getMemoryLimit()),
                isTrue(info.getSwapLimit()),
                isTrue(info.getCpuCfsQuota()) && isTrue(info.getCpuCfsPeriod()),
                isTrue(info.getCpuShares()),
                info.getRawValues().get("PidsLimit") instanceof Boolean pids && pids,
                StorageLimit.isTaken(client, serverId, info),
                sharesNetworks(info));
    }

    /** What the engine can do, if instances are reached through published ports or not. */
    Capabilities capabilities(boolean freezesDirectly, Swap swap, boolean publishes) {
        return new Capabilities(
                description,
                memoryLimit,
                cpuLimit,
                storageLimit,
                memoryBytes,
                cpus,
                freezesDirectly,
                swap,
                publishes);
    }

    /** As images name it. */
    static String platform(Info info) {
        return info.getOsType()
                + "/"
                + architecture(Objects.requireNonNullElse(info.getArchitecture(), ""));
    }

    /** Runtimes that bring a network stack of their own take the namespace's interface for it. */
    static boolean sharesNetworks(Info info) {
        String runtime = String.valueOf(info.getRawValues().get("DefaultRuntime"));
        return !STACKS_OF_THEIR_OWN.matcher(runtime).find();
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

    private static boolean isTrue(@Nullable Boolean value) {
        return Boolean.TRUE.equals(value);
    }
}
