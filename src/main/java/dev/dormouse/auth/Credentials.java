package dev.dormouse.auth;

import dev.dormouse.config.PrivateFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file {@code credentials} in the data folder: what a client on this machine needs, as lines of
 * {@code NAME=value}. Only its owner can read it, and it is whole at every moment.
 */
final class Credentials {
    private static final String URL = "SCW_API_URL=";
    private static final String REGION = "fr-par";

    private final Path file;

    Credentials(Path dataDir) {
        this.file = dataDir.resolve("credentials");
    }

    /** Writes the file for a new key, in the place of one that is there. */
    void write(NewKey key, String apiUrl) {
        put(
                List.of(
                        URL + apiUrl,
                        "SCW_ACCESS_KEY=" + key.key().accessKey(),
                        "SCW_SECRET_KEY=" + key.secret(),
                        "SCW_DEFAULT_ORGANIZATION_ID=" + key.key().organizationId(),
                        "SCW_DEFAULT_PROJECT_ID=" + key.key().projectId(),
                        "SCW_DEFAULT_REGION=" + REGION));
    }

    /** Puts in where the API listens now; does nothing where the owner took the file away. */
    void refresh(String apiUrl) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            List<String> fresh =
                    lines.stream().map(line -> line.startsWith(URL) ? URL + apiUrl : line).toList();
            if (!fresh.equals(lines)) {
                put(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(List<String> lines) {
        try {
            PrivateFile.write(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
