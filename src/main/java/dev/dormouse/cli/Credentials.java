package dev.dormouse.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which server is called, and as whom.
 *
 * @param url the API's base, without a slash at its end
 */
record Credentials(URI url, String secretKey, String projectId, String region) {
    private static final String URL = "SCW_API_URL";
    private static final String REGION_BY_DEFAULT = "fr-par";

    /**
     * Those of the server with this data folder if it has left any, else those in the environment.
     * The file comes first, because an environment set for the real platform is no reason to call
     * that one.
     */
    static Credentials find(Path dataDir, Map<String, String> environment) {
        Path file = dataDir.resolve("credentials");
        if (Files.isReadable(file)) {
            return of(read(file), file.toString());
        }
        if (!environment.containsKey(URL)) {
            throw new CommandException(
                    "There is no server in %s, and SCW_API_URL does not name one; ./dormouse up starts one."
                            .formatted(dataDir));
        }
        return of(environment, "the environment");
    }

    private static Map<String, String> read(Path file) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0) {
                    values.put(
                            line.substring(0, equals).strip(), line.substring(equals + 1).strip());
                }
            }
        } catch (IOException e) {
            throw new CommandException("The file %s cannot be read: %s.".formatted(file, e));
        }
        return values;
    }

    private static Credentials of(Map<String, String> values, String where) {
        return new Credentials(
                url(needed(values, URL, where), where),
                needed(values, "SCW_SECRET_KEY", where),
                needed(values, "SCW_DEFAULT_PROJECT_ID", where),
                values.getOrDefault("SCW_DEFAULT_REGION", REGION_BY_DEFAULT));
    }

    private static String needed(Map<String, String> values, String name, String where) {
        return Optional.ofNullable(values.get(name))
                .filter(value -> !value.isBlank())
                .orElseThrow(() -> new CommandException("%s lacks %s.".formatted(where, name)));
    }

    private static URI url(String text, String where) {
        try {
            URI url = URI.create(text);
            if (url.getHost() != null && url.getScheme() != null) {
                return url;
            }
        } catch (IllegalArgumentException _) {
            // told below, like any other text that is no URL
        }
        throw new CommandException(
                "SCW_API_URL in %s is \"%s\", which is no URL.".formatted(where, text));
    }
}
