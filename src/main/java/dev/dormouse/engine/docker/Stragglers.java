package dev.dormouse.engine.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes of containers that the engine has forgotten. One that is killed while it starts a
 * container leaves the container's first process behind, and with it the container's network: the
 * next container that gets the same address then shares it, and is reached by chance.
 */
final class Stragglers {
    private static final Logger LOG = LoggerFactory.getLogger(Stragglers.class);

    private Stragglers() {}

    /**
     * Ends what still runs in the container's cgroup, and what the engine has set over it, and
     * removes the cgroup if it is empty, as far as they are on this machine and this process may.
     *
     * @param dockerId of a container that has been removed
     */
    static void end(String dockerId) {
        List<ProcessHandle> left =
                ProcessHandle.allProcesses()
                        .filter(process -> isIn(dockerId, process))
                        .flatMap(process ->
                                Stream.concat(Stream.of(process), shim(dockerId, process)))
                        .distinct()
                        .toList();
        for (ProcessHandle process : left) {
            LOG.atWarn()
                    .addKeyValue("docker_id", dockerId)
                    .addKeyValue("pid", process.pid())
                    .addKeyValue("ended", process.destroyForcibly())
                    .log("the engine left a process of a container that it has removed");
        }
        ControlGroups.removeEmpty(dockerId);
    }

    private static boolean isIn(String dockerId, ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cgroup"))
                    .contains(dockerId);
        } catch (IOException gone) {
            return false;
        }
    }

    private static Stream<ProcessHandle> shim(String dockerId, ProcessHandle process) {
        return process.parent().stream()
                .filter(parent -> parent.info().commandLine().orElse("").contains(dockerId));
    }
}
