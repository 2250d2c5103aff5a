package dev.dormouse.doctor;

import dev.dormouse.config.Listen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The server of a data folder, if it is up: known by its API taking the folder's key. */
final class RunningServer {
    private static final String SECRET = "SCW_SECRET_KEY=";
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int DONE = 200;

    private final Path dataDir;
    private final Listen api;

    RunningServer(Path dataDir, Listen api) {
        this.dataDir = dataDir;
        this.api = api;
    }

    boolean isUp() {
        return secret().filter(this::isTaken).isPresent();
    }

    private Optional<String> secret() {
        try {
            return Files.readAllLines(dataDir.resolve("credentials")).stream()
                    .filter(line -> line.startsWith(SECRET))
                    .map(line -> line.substring(SECRET.length()).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private boolean isTaken(String secret) {
        String host =
                switch (api.host()) {
                    case "0.0.0.0" -> "127.0.0.1";
                    case "::" -> "::1";
                    default -> api.host();
                };
        URI status =
                URI.create(
                        "http://%s/dormouse/v1/status?limit=1"
                                .formatted(new Listen(host, api.port())));
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(status)
                            .header("X-Auth-Token", secret)
                            .timeout(PATIENCE)
                            .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == DONE;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
