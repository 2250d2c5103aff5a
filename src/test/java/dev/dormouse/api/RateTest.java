package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.PermissionSet;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateTest {
    @TempDir private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() {
        server =
                new ApiServer(
                        folder,
                        Map.of("DORMOUSE_API_RATE_PER_KEY", "1", "DORMOUSE_API_RATE_BURST", "3"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void useUp(Optional<String> token) {
        server.call(token, "GET", BASE + "/containers", "");
        server.call(token, "GET", BASE + "/namespaces", "");
        server.call(token, "GET", "/dormouse/v1/status", "");
    }

    @Test
    void aKeyThatCallsTooOftenOnWhateverRouteIsToldWhenToComeBack() {
        useUp(Optional.of(server.ownerToken()));

        Reply refused = server.call("GET", BASE + "/containers");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(refused.text())
                .isEqualTo(
                        "{\"message\":\"too many requests\",\"type\":\"too_many_requests\",\"help_message\":\"a key may make 1 requests a second\",\"limit\":{\"quota\":1,\"window_seconds\":1},\"reset_seconds\":1,\"reset_at\":\"2026-11-24T12:00:01.123456Z\"}");
        server.clock.advance(Duration.ofSeconds(1));
        assertThat(server.call("GET", BASE + "/containers").status()).isEqualTo(200);
    }

    @Test
    void whatIsRefusedSoChangesNothingAndOtherKeysAreNotHeldUp() {
        useUp(Optional.of(server.ownerToken()));
        Optional<String> other =
                Optional.of(
                        server.key(ApiServer.PROJECT, EnumSet.of(PermissionSet.ContainersReadOnly))
                                .secret());

        assertThat(server.call("POST", BASE + "/namespaces", "{\"name\":\"one\"}").status())
                .isEqualTo(429);
        assertThat(server.call(other, "GET", BASE + "/namespaces", "").at("/total_count"))
                .isEqualTo("0");
    }

    @Test
    void allWhoCannotBeKnownAreOneCaller() {
        useUp(Optional.of("x"));

        assertThat(server.call(Optional.empty(), "GET", BASE + "/containers", "").status())
                .isEqualTo(429);
        assertThat(server.call("GET", BASE + "/containers").status()).isEqualTo(200);
        assertThat(server.call(Optional.empty(), "GET", "/healthz", "").status()).isEqualTo(200);
    }
}
