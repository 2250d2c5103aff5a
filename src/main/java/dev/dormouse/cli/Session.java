package dev.dormouse.cli;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a command works with; the server is looked for only when a command asks, so that help needs
 * none.
 */
record Session(
        Console console, Patience patience, HttpClient http, Map<String, String> environment) {
    Session {
        environment = Map.copyOf(environment);
    }

    /** The settings of the server on this machine, as far as the environment tells them. */
    ServerSettings server() {
        return ServerSettings.from(new Source(environment), environment);
    }

    Credentials credentials() {
        return Credentials.find(server().dataDir(), environment);
    }

    /** Such as {@code curl --cacert FILE URL}: a line that calls the endpoint. */
    String curl(String endpoint) {
        Path authority = server().authorityCertificate();
        return endpoint.startsWith("https:") && Files.isReadable(authority)
                ? "curl --cacert %s %s".formatted(authority, endpoint)
                : "curl " + endpoint;
    }

    /** Tells the endpoint of a container that serves, and how it is called. */
    void tellEndpoint(JsonNode container) {
        String endpoint = container.path("public_endpoint").asString("");
        console.result(endpoint);
        console.note("Call it with: " + curl(endpoint));
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
