package dev.dormouse.e2e;

import dev.dormouse.testing.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A Dormouse server as users run it: a process of its own, on a data directory and ports of its
 * own, here or elsewhere.
 */
final class DormouseProcess implements AutoCloseable {
    /** Among the settings, for the tests alone: the address that all ports are opened on. */
    static final String LISTEN_ON = "listen-on";

    private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

    private final Path dataDir;
    private final Place place;
    private final Map<String, String> settings;
    private final Path logFile = logFile();
    private final int apiPort;
    private final int gatewayPort;
    private final int tlsPort;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private Process process;

    private DormouseProcess(Path dataDir, Map<String, String> settings, Place place) {
        this.dataDir = dataDir;
        this.place = place;
        this.apiPort = freePort();
        this.gatewayPort = freePort();
        this.tlsPort = freePort();
        this.settings = new HashMap<>(Map.of("DORMOUSE_SLEEP", "stop"));
        this.settings.putAll(settings);
        this.settings.put("DORMOUSE_DATA_DIR", dataDir.toString());
        String host = this.settings.getOrDefault(LISTEN_ON, place.address());
        this.settings.remove(LISTEN_ON);
        this.settings.put("DORMOUSE_API_LISTEN", host + ":" + apiPort);
        this.settings.put("DORMOUSE_GATEWAY_LISTEN", host + ":" + gatewayPort);
        this.settings.put("DORMOUSE_GATEWAY_TLS_LISTEN", host + ":" + tlsPort);
        this.process = launch(List.of());
        awaitUp();
    }

    static DormouseProcess start(Path dataDir, Map<String, String> settings) {
        return start(dataDir, settings, Place.HERE);
    }

    /** Starts one elsewhere, as beside an engine of its own. */
    static DormouseProcess start(Path dataDir, Map<String, String> settings, Place place) {
        return new DormouseProcess(dataDir, settings, place);
    }

    /** Starts it again on the same data and ports. */
    void startAgain() {
        process = launch(List.of());
        awaitUp();
    }

    /** Ends it as an operator does; instances go on running. */
    void terminate() {
        process.destroy();
        awaitEnd();
    }

    /** Ends it as the kernel does. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    URI api(String path) {
        return URI.create("http://" + place.address() + ":" + apiPort + path);
    }

    Api api() {
        return new Api(this, http);
    }

    HttpClient http() {
        return http;
    }

    long pid() {
        return process.pid();
    }

    Path dataDir() {
        return dataDir;
    }

    int apiPort() {
        return apiPort;
    }

    int gatewayPort() {
        return gatewayPort;
    }

    int tlsPort() {
        return tlsPort;
    }

    /**
     * A request to a container's endpoint without TLS, as a client that resolved its name to
     * loopback sends it.
     */
    HttpRequest.Builder endpoint(String host, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://" + place.address() + ":" + gatewayPort + path))
                .header("Host", host)
                .timeout(Duration.ofSeconds(60));
    }

    String credential(String name) {
        try {
            return Files.readAllLines(dataDir.resolve("credentials")).stream()
                    .filter(line -> line.startsWith(name + "="))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not in the data directory, so that it can be written when that cannot. */
    private static Path logFile() {
        try {
            Path file = Files.createTempFile("dormouse", ".log");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log() {
        try {
            return Files.readString(logFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server and removes all that it made on the engine. */
    @Override
    public void close() {
        if (process.isAlive()) {
            terminate();
        }
        process = launch(List.of("down"));
        awaitEnd();
        if (process.exitValue() != 0) {
            throw new AssertionError("down failed:\n" + log());
        }
    }

    private Process launch(List<String> arguments) {
        List<String> command = new ArrayList<>(place.into());
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.dormouse.Main"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("DORMOUSE_"));
        builder.environment().putAll(settings);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitUp() {
        Awaitility.await("the server answers")
                .atMost(START_TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("the server ended:\n" + log());
                    }
                    return isUp();
                });
    }

    private boolean isUp() {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(api("/healthz")).timeout(Duration.ofSeconds(2)).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the server does not end:\n" + log());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
