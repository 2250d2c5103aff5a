package dev.dormouse.engine;

import dev.dormouse.model.Sandbox;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Everything needed to start one instance.
 *
 * @param instanceId chosen by the caller, unique, letters, digits and hyphens; the engine shows it
 *     to its users
 * @param revision the revision's number, found again on {@link Instance#revision}
 * @param image a {@link ResolvedImage#digest}
 * @param command replaces the image's ENTRYPOINT (and drops its CMD) unless empty; {@code $(VAR)}
 *     is expanded
 * @param args replaces the image's CMD unless empty; {@code $(VAR)} is expanded
 * @param environment the whole environment, {@code PORT} and the {@code SCW_…} variables included
 * @param memoryLimitBytes hard limit in bytes, swap included
 * @param mvcpuLimit ceiling in thousandths of a CPU
 * @param localStorageLimitBytes limit of the writable layer; left out where {@link
 *     Capabilities#storageLimit} is false
 * @param sandbox how it is kept apart from the machine; never less than is asked for where the
 *     settings say what that is, rather does it not start
 */
public record InstanceSpec(
        String instanceId,
        UUID containerId,
        int revision,
        String image,
        List<String> command,
        List<String> args,
        Map<String, String> environment,
        int port,
        long memoryLimitBytes,
        int mvcpuLimit,
        long localStorageLimitBytes,
        Sandbox sandbox) {
    public InstanceSpec {
        command = List.copyOf(command);
        args = List.copyOf(args);
        environment = Map.copyOf(environment);
    }
}
