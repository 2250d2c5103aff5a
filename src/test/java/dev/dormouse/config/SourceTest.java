package dev.dormouse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SourceTest {
    @Test
    void everyKindIsReadWithItsUnit() {
        Source source =
                new Source(
                        Map.of(
                                "DORMOUSE_A", "90s",
                                "DORMOUSE_B", "64MiB",
                                "DORMOUSE_C", "[::1]:80",
                                "DORMOUSE_D", ":8000",
                                "DORMOUSE_E", "7",
                                "DORMOUSE_F", "true",
                                "DORMOUSE_G", "/a/b"));

        assertThat(source.duration("DORMOUSE_A", Duration.ZERO)).isEqualTo(Duration.ofSeconds(90));
        assertThat(source.bytes("DORMOUSE_B", 0)).isEqualTo(64L << 20);
        assertThat(source.listen("DORMOUSE_C", new Listen("x", 1)))
                .isEqualTo(new Listen("::1", 80));
        assertThat(source.listen("DORMOUSE_D", new Listen("x", 1)))
                .isEqualTo(new Listen("0.0.0.0", 8000));
        assertThat(source.number("DORMOUSE_E", 1, 0, 9)).isEqualTo(7);
        assertThat(source.flag("DORMOUSE_F", false)).isTrue();
        assertThat(source.path("DORMOUSE_G", Path.of("/x"))).isEqualTo(Path.of("/a/b"));
        source.check();
    }

    @Test
    void whatIsNotGivenIsTheDefault() {
        Source source = new Source(Map.of("DORMOUSE_A", " "));

        assertThat(source.duration("DORMOUSE_A", Duration.ofMinutes(1)))
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(source.text("DORMOUSE_B", "b")).isEqualTo("b");
        source.check();
    }

    @Test
    void everyMistakeIsToldInOneMessage() {
        Source source =
                new Source(
                        Map.of(
                                "DORMOUSE_A",
                                "soon",
                                "DORMOUSE_B",
                                "70000",
                                "DORMOUSE_C",
                                "localhost",
                                "DORMOUSE_TYPO",
                                "1",
                                "PATH",
                                "x"));
        source.duration("DORMOUSE_A", Duration.ZERO);
        source.number("DORMOUSE_B", 1, 0, 65_535);
        source.listen("DORMOUSE_C", new Listen("x", 1));

        assertThatThrownBy(source::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "DORMOUSE_A is \"soon\"; allowed is a whole number followed by ms, s, m or h")
                .hasMessageContaining(
                        "DORMOUSE_B is \"70000\"; allowed is a whole number from 0 to 65535")
                .hasMessageContaining("DORMOUSE_C is \"localhost\"")
                .hasMessageContaining("DORMOUSE_TYPO is not a setting");
    }
}
