package dev.dormouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    @TempDir Path directory;

    @Test
    void theEnvironmentWinsOverTheFile() throws IOException {
        Files.writeString(
                directory.resolve("dormouse.conf"),
                "# ours\n\nDORMOUSE_A = file\nDORMOUSE_B=file=1\n");

        Map<String, String> merged =
                SettingsFile.under(
                        Map.of(
                                "DORMOUSE_DATA_DIR",
                                directory.toString(),
                                "DORMOUSE_A",
                                "environment"));

        assertThat(merged)
                .containsEntry("DORMOUSE_A", "environment")
                .containsEntry("DORMOUSE_B", "file=1");
    }

    @Test
    void withoutAFileTheEnvironmentIsAll() {
        Map<String, String> environment = Map.of("DORMOUSE_DATA_DIR", directory.toString());

        assertThat(SettingsFile.under(environment)).isEqualTo(environment);
    }

    @Test
    void aLineThatIsNoSettingIsToldWithItsPlace() throws IOException {
        Path file = Files.writeString(directory.resolve("own.conf"), "DORMOUSE_A=1\nnonsense\n");

        assertThatThrownBy(() -> SettingsFile.under(Map.of("DORMOUSE_CONFIG", file.toString())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "line 2 of " + file + " is \"nonsense\"; allowed is NAME=value");
    }

    @Test
    void aNamedFileThatIsNotThereIsTold() {
        Path missing = directory.resolve("missing.conf");

        assertThatThrownBy(() -> SettingsFile.under(Map.of("DORMOUSE_CONFIG", missing.toString())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "DORMOUSE_CONFIG is \"" + missing + "\", which cannot be read");
    }
}
