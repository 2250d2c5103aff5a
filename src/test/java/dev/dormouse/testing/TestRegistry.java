package dev.dormouse.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PushResponseItem;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * Debian's {@code docker-registry} on a loopback port, over a folder; a user and password if asked.
 */
public final class TestRegistry implements AutoCloseable {
    private static final long DEADLINE_SECONDS = 60;
    private static final int BCRYPT_COST = 5;
    private static final int SALT_BYTES = 16;

    private final Path folder;
    private final int port;
    private final AuthConfig credentials;
    private final Process process;

    private TestRegistry(Path folder, int port, AuthConfig credentials, Process process) {
        this.folder = folder;
        this.port = port;
        this.credentials = credentials;
        this.process = process;
    }

    /** A registry that anybody may use. */
    public static TestRegistry open(Path folder) throws IOException {
        return openAt(folder, Place.HERE);
    }

    /** The same elsewhere; its address is that of loopback there. */
    public static TestRegistry openAt(Path folder, Place place) throws IOException {
        return start(folder, freePort(), new AuthConfig(), "", place);
    }

    /** A registry that only this user may use. */
    public static TestRegistry guarded(Path folder, String user, String password)
            throws IOException {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        String hash = OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, BCRYPT_COST);
        Path users = Files.writeString(folder.resolve("htpasswd"), user + ":" + hash + "\n");
        String access = "auth:\n  htpasswd:\n    realm: test\n    path: " + users + "\n";
        return start(
                folder,
                freePort(),
                new AuthConfig().withUsername(user).withPassword(password),
                access,
                Place.HERE);
    }

    /** Host and port, as they stand in references. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /** Tags an image of the engine into this registry, pushes it, and returns its reference. */
    public String push(DockerClient client, String image, String pathAndTag)
            throws InterruptedException {
        String repository = host() + "/" + pathAndTag.substring(0, pathAndTag.indexOf(':'));
        String tag = pathAndTag.substring(pathAndTag.indexOf(':') + 1);
        client.tagImageCmd(image, repository, tag).exec();
        boolean pushed =
                client.pushImageCmd(repository + ":" + tag)
                        .withAuthConfig(credentials)
                        .exec(new ResultCallback.Adapter<PushResponseItem>())
                        .awaitCompletion(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (!pushed) {
            throw new IllegalStateException("the push took too long");
        }
        return repository + ":" + tag;
    }

    /** Goes away; what was pushed stays in the folder. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static TestRegistry start(
            Path folder, int port, AuthConfig credentials, String access, Place place)
            throws IOException {
        String config =
                """
                version: 0.1
                log:
                  level: info
                storage:
                  filesystem:
                    rootdirectory: %s
                http:
                  addr: 127.0.0.1:%d
                """
                        .formatted(folder.resolve("data"), port);
        Path file = Files.writeString(folder.resolve("registry.yml"), config + access);
        List<String> command = new ArrayList<>(place.into());
        command.addAll(List.of("docker-registry", "serve", file.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        TestRegistry registry = new TestRegistry(folder, port, credentials, process);
        registry.awaitListening();
        return registry;
    }

    /** Reads the registry's own log, which tells; the rest of it is read and dropped. */
    private void awaitListening() throws IOException {
        BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.contains("listening on")) {
                Thread.ofVirtual().start(() -> log.lines().forEach(dropped -> {}));
                return;
            }
        }
        throw new IllegalStateException("the registry over " + folder + " did not start");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
