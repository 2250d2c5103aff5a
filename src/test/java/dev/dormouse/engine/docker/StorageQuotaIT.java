package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.testing.OwnEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The limit of storage where the engine holds it by itself: on a disk with quotas. */
class StorageQuotaIT {
    private static final OwnEngine.Options ON_BTRFS =
            new OwnEngine.Options(
                    false, new OwnEngine.Disk("1g", "btrfs"), List.of("--storage-driver=btrfs"));

    @Test
    void aWriteOverTheLimitFailsAndTheInstanceGoesOn() throws Exception {
        assumeTrue(
                Files.readString(Path.of("/proc/filesystems")).contains("\tbtrfs\n")
                        && Files.isExecutable(Path.of("/usr/sbin/mkfs.btrfs")),
                "needs btrfs and its mkfs");
        try (OwnEngine engine = OwnEngine.start(ON_BTRFS);
                RealDocker docker =
                        new RealDocker(
                                Map.of(
                                        "DORMOUSE_DOCKER_HOST",
                                        engine.host(),
                                        "DORMOUSE_DOCKER_REACH",
                                        "port",
                                        "DORMOUSE_DOCKER_PUBLISH_ADDRESS",
                                        engine.place().address()))) {
            assertThat(docker.engine.capabilities().storageLimit()).isTrue();
            Instance instance =
                    docker.engine.start(
                            RealDocker.limited(docker.specOf(engine.image()), 500, 64 << 20));

            assertThat(docker.ask(instance, "/write?mb=30&path=/one")).isEqualTo("30 all\n");
            assertThat(docker.ask(instance, "/write?mb=30&path=/two")).isEqualTo("30 all\n");
            assertThat(docker.ask(instance, "/write?mb=30&path=/three"))
                    .matches("\\d Disk quota exceeded\n");

            assertThat(docker.engine.list())
                    .singleElement()
                    .extracting(Instance::state)
                    .isInstanceOf(State.Running.class);
        }
    }
}
