package dev.dormouse.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A command line, and the server that it finds, which answers what the API would. */
abstract class CommandTest {
    static final String BASE = "/containers/v1/regions/fr-par";
    static final String NAMESPACE = "{\"id\":\"n1\",\"name\":\"default\",\"status\":\"ready\"}";
    static final String NO_CONTAINERS = "{\"containers\":[],\"total_count\":0}";

    @TempDir Path dataDir;
    final StandIn server = new StandIn();
    final StringWriter results = new StringWriter();
    final StringWriter notes = new StringWriter();
    final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void aServerHasLeftItsCredentials() throws Exception {
        environment.put("DORMOUSE_DATA_DIR", dataDir.toString());
        leaveCredentials(server.url());
    }

    @AfterEach
    void close() {
        server.close();
    }

    int run(String... arguments) {
        Session session =
                new Session(
                        new Console(new PrintWriter(results, true), new PrintWriter(notes, true)),
                        new Patience(InstantSource.system(), () -> {}, Duration.ofMinutes(1)),
                        ApiClient.http(),
                        environment);
        return Cli.commandLine(session).execute(arguments);
    }

    void thereIsAContainer(String status) {
        server.on(
                        "GET",
                        BASE + "/namespaces",
                        "{\"namespaces\":[" + NAMESPACE + "],\"total_count\":1}")
                .on(
                        "GET",
                        BASE + "/containers",
                        "{\"containers\":[" + container(status) + "],\"total_count\":1}");
    }

    void leaveCredentials(String url) throws Exception {
        Files.writeString(
                dataDir.resolve("credentials"),
                """
                SCW_API_URL=%s
                SCW_ACCESS_KEY=SCWXXXXXXXXXXXXXXXXX
                SCW_SECRET_KEY=secret
                SCW_DEFAULT_PROJECT_ID=p1
                """
                        .formatted(url));
    }

    static String container(String status) {
        return "{\"id\":\"c1\",\"name\":\"web\",\"status\":\"%s\",\"public_endpoint\":\"http://web.example:8000\"}"
                .formatted(status);
    }

    static String key(String accessKey) {
        return "{\"access_key\":\"%s\",\"permission_sets\":[\"ContainersReadOnly\"],\"expires_at\":null}"
                .formatted(accessKey);
    }
}
