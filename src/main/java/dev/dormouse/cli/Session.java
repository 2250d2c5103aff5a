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

    /** Such as {@code curl --cacert FILE URL}: a line that calls the container. */
    String curl(JsonNode container) {
        String endpoint = container.path("public_endpoint").asString("");
        Path authority = server().authorityCertificate();
        StringBuilder line = new StringBuilder("curl ");
        if (endpoint.startsWith("https:") && Files.isReadable(authority)) {
            line.append("--cacert ").append(authority).append(' ');
        }
        if (container.path("privacy").asString("").equals("private")) {
            line.append("-H \"X-Auth-Token: $SCW_SECRET_KEY\" ");
        }
        return line.append(endpoint).toString();
    }

    /** Tells the endpoint of a container that serves, and how it is called. */
    void tellEndpoint(JsonNode container) {
        console.result(container.path("public_endpoint").asString(""));
        console.note("Call it with: " + curl(container));
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
