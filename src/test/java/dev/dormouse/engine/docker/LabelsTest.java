package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Sandbox;
import dev.dormouse.testing.Samples;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static final InstanceSpec SPEC =
            new InstanceSpec(
                    "hello-1",
                    Samples.CONTAINER_ID,
                    1,
                    "sha256:0",
                    List.of(),
                    List.of(),
                    Map.of(),
                    8080,
                    128_000_000,
                    500,
                    256_000_000,
                    Sandbox.V2);

    private static Map<String, String> labels(boolean writesAreSeen) {
        return Labels.of("s", SPEC, "runsc", writesAreSeen, Optional.empty(), Samples.NOON);
    }

    @Test
    void whereWritesAreNotSeenTheyAreNotLimitedWhateverIsSaidLater() {
        assertThat(Labels.storageLimit(labels(true))).isEqualTo(SPEC.localStorageLimitBytes());
        assertThat(Labels.storageLimit(labels(false))).isEqualTo(Long.MAX_VALUE);
    }
}
