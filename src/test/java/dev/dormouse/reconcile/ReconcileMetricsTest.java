package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Start;
import dev.dormouse.telemetry.Metrics;
import dev.dormouse.testing.Samples;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReconcileMetricsTest {
    private final Metrics metrics = new Metrics();
    private final ReconcileMetrics counted = new ReconcileMetrics(metrics.registry());

    private static Start start(Start.Outcome outcome) {
        return new Start(
                "web-r1-a",
                1,
                Start.Cause.REQUEST,
                "",
                Samples.NOON,
                outcome,
                Map.of(Start.Part.LISTEN, Duration.ofMillis(300)),
                "");
    }

    @Test
    void thePartsOfStartsThatCameIntoServiceAreCountedByPartAlone() {
        counted.startOver(start(Start.Outcome.READY));
        counted.startOver(start(Start.Outcome.FAILED));
        counted.startOver(start(Start.Outcome.ABANDONED));

        assertThat(metrics.scrape())
                .contains("dormouse_start_part_seconds_count{part=\"listen\"} 1")
                .contains("dormouse_start_part_seconds_bucket{part=\"listen\",le=\"0.25\"} 0")
                .contains("dormouse_start_part_seconds_bucket{part=\"listen\",le=\"0.5\"} 1")
                .contains("dormouse_start_part_seconds_count{part=\"probe\"} 0")
                .doesNotContain("web-r1");
    }
}
