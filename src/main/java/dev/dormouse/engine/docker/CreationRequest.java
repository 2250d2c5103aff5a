package dev.dormouse.engine.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Ulimit;
import dev.dormouse.engine.InstanceSpec;
import java.util.List;
import java.util.Map;

/**
 * Translates an instance's specification into the request that creates its Docker container: the
 * hardened profile and the limits that this engine takes.
 *
 * @param runtimes what instances run under
 * @param publish whether the instance is reached through a published port
 */
record CreationRequest(
        DockerSettings settings, EngineFacts facts, Runtimes runtimes, boolean publish) {
    /**
     * What ordinary images need to prepare their files and to leave root behind, and nothing that
     * reaches further. CHOWN, DAC_OVERRIDE, FOWNER and FSETID: entry points hand data folders to
     * their user. SETUID and SETGID: nginx, PostgreSQL and everything with gosu switch user. KILL:
     * a root supervisor ends workers of other users. NET_BIND_SERVICE: ports below 1024.
     *
     * <p>Of Docker's own list are missing: NET_RAW (forged packets on the bridge that tenants
     * share), MKNOD, AUDIT_WRITE, SETFCAP and SETPCAP (no new privileges makes them pointless), and
     * SYS_CHROOT.
     */
    static final List<Capability> CAPABILITIES =
            List.of(
                    Capability.CHOWN,
                    Capability.DAC_OVERRIDE,
                    Capability.FOWNER,
                    Capability.FSETID,
                    Capability.KILL,
                    Capability.NET_BIND_SERVICE,
                    Capability.SETGID,
                    Capability.SETUID);

    private static final int HOST_NAME_LENGTH_MAX = 63;
    private static final long NANO_CPUS_PER_MVCPU = 1_000_000L;
    private static final int MVCPU_PER_CPU = 1_000;

    /** What a CPU is worth when there are too few: the kernel's own unit, and its least. */
    private static final int SHARES_PER_CPU = 1_024;

    private static final int SHARES_LEAST = 2;

    /** The engine's own copy of the logs only bridges the time until we have read them. */
    private static final Map<String, String> LOG_BOUNDS = Map.of("max-size", "4m", "max-file", "2");

    /** Its host name and its ports are those of its home, if that is ready. */
    CreateContainerCmd fill(CreateContainerCmd command, InstanceSpec spec, Home home) {
        command.withEnv(environment(spec))
                .withHealthcheck(new HealthCheck().withTest(List.of("NONE")))
                .withHostConfig(hostConfig(spec, home));
        if (home.sandbox().isEmpty()) {
            command.withHostName(hostName(spec.instanceId()))
                    .withExposedPorts(ExposedPort.tcp(spec.port()));
        }
        List<String> arguments = VariableExpansion.expand(spec.args(), spec.environment());
        if (!spec.command().isEmpty()) {
            command.withEntrypoint(VariableExpansion.expand(spec.command(), spec.environment()));
        }
        if (!arguments.isEmpty()) {
            command.withCmd(arguments);
        }
        return command;
    }

    private HostConfig hostConfig(InstanceSpec spec, Home home) {
        HostConfig config =
                HostConfig.newHostConfig()
                        .withNetworkMode(home.networkMode())
                        .withRestartPolicy(RestartPolicy.noRestart())
                        .withSecurityOpts(List.of("no-new-privileges"))
                        .withCapDrop(Capability.ALL)
                        .withCapAdd(CAPABILITIES.toArray(Capability[]::new))
                        .withUlimits(List.of(openFiles(), fileSize(spec)))
                        .withLogConfig(new LogConfig(LogConfig.LoggingType.JSON_FILE, LOG_BOUNDS));
        runtimes.toAskFor(spec.sandbox()).ifPresent(config::withRuntime);
        if (publish) {
            config.withPortBindings(
                    new PortBinding(
                            new Binding(settings.publishAddress(), null),
                            ExposedPort.tcp(spec.port())));
        }
        return withLimits(config, spec);
    }

    private HostConfig withLimits(HostConfig config, InstanceSpec spec) {
        if (facts.memoryLimit()) {
            config.withMemory(spec.memoryLimitBytes());
        }
        if (facts.memoryLimit() && facts.swapLimit()) {
            config.withMemorySwap(spec.memoryLimitBytes());
        }
        if (facts.cpuLimit()) {
            int mvcpu = Math.min(spec.mvcpuLimit(), facts.cpus() * MVCPU_PER_CPU);
            config.withNanoCPUs(mvcpu * NANO_CPUS_PER_MVCPU);
        }
        if (facts.cpuShares()) {
            config.withCpuShares(
                    Math.max(SHARES_LEAST, spec.mvcpuLimit() * SHARES_PER_CPU / MVCPU_PER_CPU));
        }
        if (facts.processLimit()) {
            config.withPidsLimit((long) settings.processesMax());
        }
        if (facts.storageLimit()) {
            config.withStorageOpt(Map.of("size", Long.toString(spec.localStorageLimitBytes())));
        }
        return config;
    }

    private Ulimit openFiles() {
        return new Ulimit("nofile", (long) settings.openFilesMax(), (long) settings.openFilesMax());
    }

    /**
     * No file may be larger than all of them. This binds at once where the engine cannot limit the
     * writable layer, and everywhere for the few files, such as {@code /etc/hosts}, that the engine
     * keeps outside of it.
     */
    private static Ulimit fileSize(InstanceSpec spec) {
        long most = spec.localStorageLimitBytes();
        return new Ulimit("fsize", most, most);
    }

    private static List<String> environment(InstanceSpec spec) {
        return spec.environment().entrySet().stream()
                .map(one -> one.getKey() + "=" + one.getValue())
                .sorted()
                .toList();
    }

    private static String hostName(String instanceId) {
        String cut = instanceId.substring(0, Math.min(instanceId.length(), HOST_NAME_LENGTH_MAX));
        return cut.replaceFirst("-+$", "");
    }
}
