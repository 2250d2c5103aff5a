package dev.dormouse.cli;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command works with; the server is looked for only when a command asks, so that help needs
 * none.
 */
record Session(
        Console console, Patience patience, HttpClient http, Map<String, String> environment) {
    Session {
        environment = Map.copyOf(environment);
    }

    Credentials credentials() {
        Path dataDir = ServerSettings.from(new Source(environment), environment).dataDir();
        return Credentials.find(dataDir, environment);
    }

    ApiClient api() {
        return new ApiClient(http, credentials());
    }

    Containers containers(Optional<String> region) {
        Credentials found = credentials();
        Credentials there =
                new Credentials(
                        found.url(),
                        found.secretKey(),
                        found.projectId(),
                        region.orElse(found.region()));
        return new Containers(new ApiClient(http, there), console, patience, there);
    }
}
