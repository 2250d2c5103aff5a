package dev.dormouse.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The part of a container's specification that its processes are made of: changing any of it needs
 * new instances, a rollout.
 *
 * @param image the reference as the user wrote it
 * @param pin present after a rollback: what to run in place of what the reference means now; gone
 *     with the next write that gives an image or asks for a redeploy
 * @param command replaces the image's ENTRYPOINT unless empty
 * @param args replaces the image's CMD unless empty
 * @param environment the container's own variables, without the namespace's
 * @param memoryLimitBytes hard limit in bytes
 * @param mvcpuLimit ceiling in thousandths of a CPU
 * @param localStorageLimitBytes limit of the writable layer in bytes, where the engine can hold it
 */
public record Workload(
        String image,
        Optional<Pin> pin,
        List<String> command,
        List<String> args,
        Map<String, String> environment,
        Map<String, Secret> secretEnvironment,
        int port,
        Protocol protocol,
        Sandbox sandbox,
        long memoryLimitBytes,
        int mvcpuLimit,
        long localStorageLimitBytes,
        Optional<UUID> privateNetworkId,
        Probe livenessProbe,
        Optional<Probe> startupProbe) {
    public Workload {
        command = List.copyOf(command);
        args = List.copyOf(args);
        environment = Map.copyOf(environment);
        secretEnvironment = Map.copyOf(secretEnvironment);
    }

    /** The same workload, of another exact image or of none. */
    public Workload withPin(Optional<Pin> newPin) {
        return new Workload(
                image,
                newPin,
                command,
                args,
                environment,
                secretEnvironment,
                port,
                protocol,
                sandbox,
                memoryLimitBytes,
                mvcpuLimit,
                localStorageLimitBytes,
                privateNetworkId,
                livenessProbe,
                startupProbe);
    }
}
