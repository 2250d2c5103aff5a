package dev.dormouse.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.config.ConfigException;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class StoreSettingsTest {
    @Test
    void hasDefaults() {
        assertThat(from(Map.of("DORMOUSE_DATA_DIR", "/data")))
                .isEqualTo(new StoreSettings(Path.of("/data"), 256, Duration.ofSeconds(10), 4));
    }

    @Test
    void readsEverySetting() {
        assertThat(
                        from(
                                Map.of(
                                        "DORMOUSE_DATA_DIR", "/data",
                                        "DORMOUSE_STORE_QUEUE_DEPTH_MAX", "7",
                                        "DORMOUSE_STORE_DEADLINE", "3s",
                                        "DORMOUSE_STORE_READERS", "2")))
                .isEqualTo(new StoreSettings(Path.of("/data"), 7, Duration.ofSeconds(3), 2));
    }

    @Test
    void tellsADeadlineThatIsTooShort() {
        Source source = new Source(Map.of("DORMOUSE_STORE_DEADLINE", "0s"));

        StoreSettings.from(source, ServerSettings.from(source, Map.of()));

        assertThatThrownBy(source::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DORMOUSE_STORE_DEADLINE");
    }

    private static StoreSettings from(Map<String, String> values) {
        Source source = new Source(values);
        StoreSettings settings = StoreSettings.from(source, ServerSettings.from(source, Map.of()));
        source.check();
        return settings;
    }
}
