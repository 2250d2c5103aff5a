package dev.dormouse.engine.docker;

import dev.dormouse.config.Source;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How to talk to the Docker Engine, and what its containers may do.
 *
 * @param host where the engine listens, such as {@code unix:///var/run/docker.sock}
 * @param credentialsDir where Docker keeps its {@code config.json} with the registries' credentials
 * @param reach how instances are reached
 * @param freeze how instances are frozen
 * @param gvisor the engine's runtime for containers with {@code sandbox: v2}; empty for the one
 *     that all others run under
 * @param publishAddress the engine's address on which instances' ports are published, and dialled,
 *     where they are not reached by their own address
 * @param callTimeout the longest that an ordinary call may take
 * @param startTimeout the longest that a start may take
 * @param pullTimeout the longest that a pull may take
 * @param registryPatience how long a registry may stay silent when the engine has a copy already
 * @param processesMax the most processes and threads in one instance
 * @param openFilesMax the most open files of one process
 * @param instancesPerNetworkMax after how many instances the next bridge is opened; a Linux bridge
 *     holds 1,023 ports
 * @param sandboxes how many network sandboxes are kept ready on a bridge at most; 0 for none
 * @param firewall what of the host they may reach
 * @param limitsCheckEvery how often is measured what they wrote, where the engine does not limit it
 */
public record DockerSettings(
        String host,
        Path credentialsDir,
        Reach reach,
        Freeze freeze,
        Optional<String> gvisor,
        String publishAddress,
        Duration callTimeout,
        Duration startTimeout,
        Duration pullTimeout,
        Duration registryPatience,
        int processesMax,
        int openFilesMax,
        int instancesPerNetworkMax,
        int sandboxes,
        FirewallSettings firewall,
        Duration limitsCheckEvery) {
    /** How instances are reached. */
    public enum Reach {
        /** Find out at start. */
        AUTO,
        /** By the instance's own address: the engine's bridges are this machine's. */
        ADDRESS,
        /** Through a published port: the engine runs in a virtual machine or elsewhere. */
        PORT
    }

    /** How instances are frozen. */
    public enum Freeze {
        /** By the kernel's own file where that can be written, else by the engine's pause. */
        AUTO,
        /** By the engine's pause, as for runtimes that do not bear the other. */
        PAUSE
    }

    /**
     * Runtimes under which an instance talks to the machine's own kernel, by what they are called.
     */
    static final Set<String> SHARING_THE_KERNEL = Set.of("runc", "crun", "io.containerd.runc.v2");

    static final String GVISOR = "DORMOUSE_DOCKER_GVISOR";
    private static final String OFF = "off";
    private static final Pattern RUNTIME_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final String DEFAULT_HOST = "unix:///var/run/docker.sock";
    private static final Set<String> SCHEMES = Set.of("unix", "tcp", "http", "https", "npipe");

    /**
     * Reads the settings named {@code DORMOUSE_DOCKER_…}; {@code DOCKER_HOST} and {@code
     * DOCKER_CONFIG} are heeded too.
     */
    public static DockerSettings from(Source source) {
        return new DockerSettings(
                hostFrom(source),
                source.path("DOCKER_CONFIG", Path.of(System.getProperty("user.home"), ".docker")),
                source.choice("DORMOUSE_DOCKER_REACH", Reach.AUTO),
                source.choice("DORMOUSE_DOCKER_FREEZE", Freeze.AUTO),
                gvisorFrom(source),
                source.text("DORMOUSE_DOCKER_PUBLISH_ADDRESS", "127.0.0.1"),
                source.duration("DORMOUSE_DOCKER_CALL_TIMEOUT", Duration.ofSeconds(15)),
                source.duration("DORMOUSE_DOCKER_START_TIMEOUT", Duration.ofSeconds(60)),
                source.duration("DORMOUSE_DOCKER_PULL_TIMEOUT", Duration.ofMinutes(10)),
                source.duration("DORMOUSE_DOCKER_REGISTRY_PATIENCE", Duration.ofSeconds(5)),
                (int) source.number("DORMOUSE_DOCKER_PROCESSES_MAX", 1_024, 16, 1_000_000),
                (int) source.number("DORMOUSE_DOCKER_OPEN_FILES_MAX", 16_384, 64, 1_048_576),
                (int) source.number("DORMOUSE_DOCKER_INSTANCES_PER_NETWORK", 1_000, 1, 1_000),
                (int) source.number("DORMOUSE_DOCKER_SANDBOXES", 16, 0, 64),
                FirewallSettings.from(source),
                source.duration("DORMOUSE_DOCKER_LIMITS_CHECK_EVERY", Duration.ofSeconds(5)));
    }

    /** A name that is wrong is told here; whether the engine has it, when that answers. */
    private static Optional<String> gvisorFrom(Source source) {
        String name = source.text(GVISOR, OFF);
        if (!RUNTIME_NAME.matcher(name).matches() || SHARING_THE_KERNEL.contains(name)) {
            source.mistake(
                    GVISOR,
                    name,
                    "what the engine calls its runtime gVisor, such as runsc, or off");
            return Optional.empty();
        }
        return Optional.of(name).filter(text -> !text.equals(OFF));
    }

    private static String hostFrom(Source source) {
        String host = source.text("DORMOUSE_DOCKER_HOST", source.text("DOCKER_HOST", DEFAULT_HOST));
        try {
            String scheme = URI.create(host).getScheme();
            if (scheme != null && SCHEMES.contains(scheme)) {
                return host;
            }
        } catch (IllegalArgumentException e) {
            // told below, with the other mistakes
        }
        source.mistake(
                "DORMOUSE_DOCKER_HOST",
                host,
                "an engine's URL such as unix:///var/run/docker.sock");
        return DEFAULT_HOST;
    }
}
