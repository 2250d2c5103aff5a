package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.testing.TestImages;
import dev.dormouse.testing.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images from a real registry, and what becomes of them without it. */
class DockerRegistryIT {
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    private RealDocker docker;

    @BeforeEach
    void connect() {
        docker = new RealDocker(Map.of("DOCKER_CONFIG", folder.resolve("docker").toString()));
    }

    @AfterEach
    void leaveNothingBehind() throws Exception {
        docker.close();
    }

    @Test
    void anImageIsPulledAndItsDigestIsTheRegistrys() throws Exception {
        try (TestRegistry registry = TestRegistry.open(folder)) {
            String reference = pushed(registry, "team/app:1");

            ResolvedImage pulled = docker.engine.resolve(reference);
            ResolvedImage again = docker.engine.resolve(pulled.repositoryDigest());

            assertThat(pulled.repositoryDigest())
                    .matches(registry.host() + "/team/app@sha256:[0-9a-f]{64}");
            assertThat(pulled.note()).isEmpty();
            assertThat(again).isEqualTo(pulled);
        }
    }

    @Test
    void anImageIsPulledByItsDigestAlone() throws Exception {
        try (TestRegistry registry = TestRegistry.open(folder)) {
            ResolvedImage pulled = docker.engine.resolve(pushed(registry, "team/app:1"));
            docker.client.removeImageCmd(pulled.digest()).withForce(true).exec();

            assertThat(docker.engine.resolve(pulled.repositoryDigest())).isEqualTo(pulled);
        }
    }

    @Test
    void anImageThatWasPrunedIsRestoredThoughItsTagMoved() throws Exception {
        try (TestRegistry registry = TestRegistry.open(folder)) {
            ResolvedImage pulled = docker.engine.resolve(pushed(registry, "team/app:1"));
            pushed(registry, "team/app:1");
            docker.client.removeImageCmd(pulled.digest()).withForce(true).exec();

            assertThat(docker.engine.restore(pulled.exact())).isEqualTo(pulled);
            docker.client.inspectImageCmd(pulled.digest()).exec();
        }
    }

    @Test
    void aTagThatMovedInTheRegistryWinsOverTheEnginesCopy() throws Exception {
        try (TestRegistry registry = TestRegistry.open(folder)) {
            String reference = pushed(registry, "team/app:1");
            ResolvedImage before = docker.engine.resolve(reference);
            pushed(registry, "team/app:1");
            docker.client.tagImageCmd(before.digest(), registry.host() + "/team/app", "1").exec();

            ResolvedImage after = docker.engine.resolve(reference);

            assertThat(after.digest()).isNotEqualTo(before.digest());
            assertThat(after.repositoryDigest()).isNotEqualTo(before.repositoryDigest());
        }
    }

    @Test
    void theEnginesCopyServesWhileTheRegistryIsDownAndThatIsSaid() throws Exception {
        String reference;
        ResolvedImage before;
        try (TestRegistry registry = TestRegistry.open(folder)) {
            reference = pushed(registry, "team/app:1");
            before = docker.engine.resolve(reference);
        }

        ResolvedImage after = docker.engine.resolve(reference);

        assertThat(after.digest()).isEqualTo(before.digest());
        assertThat(after.note()).contains(reference).contains("connection refused");
    }

    @Test
    void whatTheRegistryDoesNotHaveIsTold() throws Exception {
        try (TestRegistry registry = TestRegistry.open(folder)) {
            String reference = registry.host() + "/team/none:1";

            assertThatThrownBy(() -> docker.engine.resolve(reference))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IMAGE))
                    .hasMessageStartingWith("Image \"" + reference + "\" could not be pulled: ")
                    .hasMessageContaining("manifest unknown");
        }
    }

    @Test
    void dockersOwnCredentialsOpenAPrivateRegistry() throws Exception {
        try (TestRegistry registry = TestRegistry.guarded(folder, "ada", "s3cret:with colon")) {
            String reference = pushed(registry, "team/app:1");
            assertThatThrownBy(() -> docker.engine.resolve(reference))
                    .hasMessageContaining("could not be pulled")
                    .hasMessageContaining("no basic auth credentials");
            String pair = "ada:s3cret:with colon";
            Files.createDirectories(folder.resolve("docker"));
            Files.writeString(
                    folder.resolve("docker").resolve("config.json"),
                    "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                            .formatted(
                                    registry.host(),
                                    Base64.getEncoder()
                                            .encodeToString(
                                                    pair.getBytes(StandardCharsets.UTF_8))));

            assertThat(docker.engine.resolve(reference).note()).isEmpty();
        }
    }

    @Test
    void anImageForAnotherMachineIsToldBeforeItIsStarted() throws Exception {
        String reference = "dormouse-test/foreign:" + UUID.randomUUID();
        docker.passing(reference);
        TestImages.load(docker.client, reference, "s390x");

        assertThatThrownBy(() -> docker.engine.resolve(reference))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IMAGE))
                .hasMessageContaining("it is built for linux/s390x, and this engine runs linux/");
    }

    /** Pushes bytes that nobody has seen before, and takes them off the engine. */
    private String pushed(TestRegistry registry, String pathAndTag) throws Exception {
        Path source = Files.createDirectories(folder.resolve("source"));
        Files.writeString(
                source.resolve("Dockerfile"),
                "FROM %s\nLABEL variant=%s\n".formatted(TestImages.server(), UUID.randomUUID()));
        String local = docker.passing("dormouse-test/pushed:" + UUID.randomUUID());
        TestImages.build(docker.client, source, local);
        String reference = docker.passing(registry.push(docker.client, local, pathAndTag));
        String id = docker.client.inspectImageCmd(local).exec().getId();
        docker.client
                .removeImageCmd(docker.passing(id == null ? local : id))
                .withForce(true)
                .exec();
        return reference;
    }
}
