package dev.dormouse.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Info;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether an engine can limit an instance's writable layer. Most storage drivers can or
 * cannot as such; overlay2 can on XFS mounted with project quotas, which no call tells, so there it
 * is tried, on a container without content that is never started.
 */
final class StorageLimit {
    private static final Logger LOG = LoggerFactory.getLogger(StorageLimit.class);
    private static final Set<String> ABLE_DRIVERS = Set.of("btrfs", "zfs", "devicemapper");
    private static final int BUILD_SECONDS_MAX = 10;

    private StorageLimit() {}

    static boolean isTaken(DockerClient client, String serverId, Info info) {
        return isPossible(info) && (isAble(info) || isTakenOnTrial(client, serverId));
    }

    /** Whether it can, as far as the engine tells without a trial. */
    static boolean isPossible(Info info) {
        return isAble(info)
                || (Objects.requireNonNullElse(info.getDriver(), "").equals("overlay2")
                        && fileSystem(info).equals("xfs"));
    }

    private static boolean isAble(Info info) {
        return ABLE_DRIVERS.contains(Objects.requireNonNullElse(info.getDriver(), ""));
    }

    private static String fileSystem(Info info) {
        return Objects.requireNonNullElse(info.getDriverStatuses(), List.<List<String>>of())
                .stream()
                .filter(pair -> pair.size() == 2 && pair.getFirst().equals("Backing Filesystem"))
                .map(List::getLast)
                .findFirst()
                .orElse("");
    }

    /**
     * Tries it. What the trial makes carries this server's label, which also keeps two servers that
     * try at once from sharing an image.
     */
    private static boolean isTakenOnTrial(DockerClient client, String serverId) {
        try {
            String image = emptyImage(client, serverId);
            try {
                String container =
                        client.createContainerCmd(image)
                                .withHostConfig(
                                        HostConfig.newHostConfig()
                                                .withStorageOpt(Map.of("size", "64M")))
                                .exec()
                                .getId();
                client.removeContainerCmd(container).exec();
                return true;
            } finally {
                client.removeImageCmd(image).withForce(true).exec();
            }
        } catch (DockerException refused) {
            LOG.atDebug().setCause(refused).log("no limits of storage");
            return false;
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("whether storage can be limited could not be tried");
            return false;
        }
    }

    /** By a build, for docker-java sends no body with an import. */
    private static String emptyImage(DockerClient client, String serverId) throws IOException {
        Path folder = Files.createTempDirectory("dormouse-probe");
        Path dockerfile = folder.resolve("Dockerfile");
        try {
            Files.writeString(dockerfile, "FROM scratch\nCMD [\"none\"]\n");
            return client.buildImageCmd(dockerfile.toFile())
                    .withLabels(Map.of(Labels.SERVER, serverId))
                    .start()
                    .awaitImageId(BUILD_SECONDS_MAX, TimeUnit.SECONDS);
        } finally {
            Files.deleteIfExists(dockerfile);
            Files.deleteIfExists(folder);
        }
    }
}
