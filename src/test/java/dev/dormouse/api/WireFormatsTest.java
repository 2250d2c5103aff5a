package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatsTest {
    @ParameterizedTest
    @CsvSource({
        "300s,PT5M,300s",
        "300.000000000s,PT5M,300s",
        "1.5s,PT1.5S,1.500s",
        "0.000001s,PT0.000001S,0.000001s",
        "1.000000001s,PT1.000000001S,1.000000001s",
        "007s,PT7S,7s",
    })
    void durationsAreReadAsGoWritesThemAndWrittenShort(
            String text, Duration duration, String canonical) {
        assertThat(WireDuration.parse(text)).contains(duration);
        assertThat(WireDuration.format(duration)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "5",
                "5m",
                "1.s",
                ".5s",
                "-1s",
                "1.0000000000s",
                "1s ",
                "1s\n",
                "٣s",
                "99999999999s"
            })
    void otherTextsAreNoDurations(String text) {
        assertThat(WireDuration.parse(text)).isEmpty();
    }

    @Test
    void timesHaveSixDigitsOrNone() {
        assertThat(WireTime.format(Instant.parse("2026-05-05T14:43:04.719230999Z")))
                .isEqualTo("2026-05-05T14:43:04.719230Z");
        assertThat(WireTime.format(Instant.parse("2026-05-05T14:43:28Z")))
                .isEqualTo("2026-05-05T14:43:28Z");
    }
}
