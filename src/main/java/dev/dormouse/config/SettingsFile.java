package dev.dormouse.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The one file of settings: lines of the form {@code NAME=value}, empty lines, and comments that
 * begin with {@code #}. The environment wins over the file.
 */
public final class SettingsFile {
    /** Where the file is, if not in the data directory. */
    public static final String NAME = "DORMOUSE_CONFIG";

    private static final String FILE = "dormouse.conf";

    private SettingsFile() {}

    /**
     * The environment over the file.
     *
     * @throws ConfigException when the file is named and cannot be read, or a line is none
     */
    public static Map<String, String> under(Map<String, String> environment) {
        Source alone = new Source(environment);
        Path dataDir = ServerSettings.from(alone, environment).dataDir();
        Path file = alone.path(NAME, dataDir.resolve(FILE));
        if (!Files.exists(file) && !environment.containsKey(NAME)) {
            return environment;
        }
        Map<String, String> merged = new HashMap<>(read(file));
        merged.putAll(environment);
        return merged;
    }

    private static Map<String, String> read(Path file) {
        Map<String, String> values = new HashMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw new ConfigException(
                    List.of("%s is \"%s\", which cannot be read: %s".formatted(NAME, file, e)));
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            int equals = line.indexOf('=');
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (equals < 1) {
                throw new ConfigException(
                        List.of(
                                "line %d of %s is \"%s\"; allowed is NAME=value"
                                        .formatted(i + 1, file, line)));
            }
            values.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
        }
        return values;
    }
}
