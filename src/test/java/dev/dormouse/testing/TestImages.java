package dev.dormouse.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The images that tests deploy, made through the real engine, once for each state of their sources:
 * a static server in C (see {@code src/test/docker/server.c} for what it does on demand), so that
 * nothing but a compiler is needed and an instance listens a millisecond after its start.
 */
public final class TestImages {
    private static final Path SOURCES = Path.of("src", "test", "docker");
    private static final String REPOSITORY = "dormouse-test/server";
    private static final int HASH_LENGTH = 12;

    /** A tar file's end, and nothing before it. */
    private static final int EMPTY_TAR_BYTES = 1_024;

    private static final long COMPILE_SECONDS_MAX = 60;
    private static final long BUILD_SECONDS_MAX = 120;

    private TestImages() {}

    /** The reference of the test server's image, which the engine has when this returns. */
    public static String server() {
        try (DockerClient client = client()) {
            return server(client);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same on this client's engine. */
    public static synchronized String server(DockerClient client) throws IOException {
        String hash = hash();
        String reference = REPOSITORY + ":" + hash;
        try {
            client.inspectImageCmd(reference).exec();
        } catch (NotFoundException absent) {
            build(client, compiled(hash), reference);
        }
        return reference;
    }

    /** The test server as a program of this machine. */
    public static synchronized Path serverProgram() throws IOException {
        return compiled(hash()).resolve("server").toAbsolutePath();
    }

    /** A client of the engine that tests use: that of DOCKER_HOST, or the local one. */
    public static DockerClient client() {
        return client(DefaultDockerClientConfig.createDefaultConfigBuilder().build());
    }

    /** A client of the engine that listens there. */
    public static DockerClient client(String host) {
        return client(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(host)
                        .withDockerTlsVerify("false")
                        .build());
    }

    private static DockerClient client(DefaultDockerClientConfig config) {
        return DockerClientImpl.getInstance(
                config,
                new ApacheDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .sslConfig(config.getSSLConfig())
                        .build());
    }

    /** Builds an image from a folder with a Dockerfile, and returns its id. */
    public static String build(DockerClient client, Path folder, String reference) {
        return client.buildImageCmd(folder.toFile())
                .withTags(Set.of(reference))
                .exec(new BuildImageResultCallback())
                .awaitImageId(BUILD_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /**
     * Gives the engine an image without content that says it is for this architecture, whatever the
     * engine runs on.
     */
    public static void load(DockerClient client, String reference, String architecture)
            throws IOException {
        Path folder = Files.createTempDirectory("dormouse-image");
        try {
            byte[] layer = new byte[EMPTY_TAR_BYTES];
            Files.write(folder.resolve("layer.tar"), layer);
            Files.writeString(
                    folder.resolve("config.json"),
                    """
                    {"os": "linux", "architecture": "%s", "config": {"Cmd": ["/server"]},
                     "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
                    """
                            .formatted(
                                    architecture,
                                    HexFormat.of().formatHex(sha256().digest(layer))));
            Files.writeString(
                    folder.resolve("manifest.json"),
                    """
                    [{"Config": "config.json", "RepoTags": ["%s"], "Layers": ["layer.tar"]}]
                    """
                            .formatted(reference));
            Process tar =
                    new ProcessBuilder("tar", "-c", "config.json", "layer.tar", "manifest.json")
                            .directory(folder.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            try (InputStream archive = tar.getInputStream()) {
                client.loadImageCmd(archive).exec();
            }
        } finally {
            for (String file : List.of("config.json", "layer.tar", "manifest.json")) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.delete(folder);
        }
    }

    private static Path compiled(String hash) throws IOException {
        Path folder = Files.createDirectories(Path.of("target", "test-images", hash));
        Files.copy(
                SOURCES.resolve("Dockerfile"),
                folder.resolve("Dockerfile"),
                StandardCopyOption.REPLACE_EXISTING);
        Process compiler =
                new ProcessBuilder(
                                "gcc",
                                "-D_GNU_SOURCE",
                                "-O2",
                                "-static",
                                "-pthread",
                                "-o",
                                folder.resolve("server").toString(),
                                SOURCES.resolve("server.c").toString())
                        .inheritIO()
                        .start();
        try {
            if (!compiler.waitFor(COMPILE_SECONDS_MAX, TimeUnit.SECONDS)
                    || compiler.exitValue() != 0) {
                throw new IllegalStateException("gcc could not compile the test server");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            compiler.destroyForcibly();
        }
        return folder;
    }

    private static String hash() {
        try {
            MessageDigest digest = sha256();
            for (String source : List.of("Dockerfile", "server.c", "misdeeds.h", "websocket.h")) {
                digest.update(Files.readAllBytes(SOURCES.resolve(source)));
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_LENGTH);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
