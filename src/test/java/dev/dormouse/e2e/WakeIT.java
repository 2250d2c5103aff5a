package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Under every protocol: what is open keeps its instance awake, and the next call wakes it. */
@Timeout(120)
class WakeIT extends Story {
    /** Many times as long as an idle instance stays. */
    private static final Duration LONG = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What callers have open. */
    enum Protocol {
        HTTP1,
        HTTP2,
        TLS_HTTP1,
        TLS_HTTP2,
        EXPECT_HTTP1,
        EXPECT_HTTP2,
        EVENTS_HTTP1,
        EVENTS_HTTP2,
        DOWNLOAD,
        WEB_SOCKET_HTTP1,
        WEB_SOCKET_HTTP2
    }

    @Override
    Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(QUICK);
        settings.put("DORMOUSE_SLEEP", "freeze");
        settings.put("DORMOUSE_IDLE_AFTER", "200ms");
        settings.put("DORMOUSE_SCALE_DOWN_AFTER", "200ms");
        return settings;
    }

    @ParameterizedTest
    @EnumSource
    void whatIsOpenKeepsItAwakeAndTheNextWakesIt(Protocol protocol) throws Exception {
        JsonNode container =
                deploy(
                        protocol.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                        Map.of());
        String process = process(container);

        try (Conversation open = open(protocol, container)) {
            open.goOn();
            awaitReady(container);
            Awaitility.await("it stays awake")
                    .during(LONG)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> {
                        open.goOn();
                        assertThat(api.instances(container, "ready")).isEqualTo(1);
                        return true;
                    });
            open.end();
        }

        awaitFrozen(container);
        try (Conversation next = open(protocol, container)) {
            next.goOn();
            next.end();
        }
        assertThat(process(container)).isEqualTo(process);
        awaitFrozen(container);
    }

    private Conversation open(Protocol protocol, JsonNode container) throws Exception {
        String host = Api.host(container);
        return switch (protocol) {
            case HTTP1, HTTP2, TLS_HTTP1, TLS_HTTP2 ->
                    CurlConversation.upload(Way.valueOf(protocol.name()), server, host, false);
            case EXPECT_HTTP1 -> CurlConversation.upload(Way.HTTP1, server, host, true);
            case EXPECT_HTTP2 -> CurlConversation.upload(Way.TLS_HTTP2, server, host, true);
            case EVENTS_HTTP1 -> CurlConversation.events(Way.HTTP1, server, host);
            case EVENTS_HTTP2 -> CurlConversation.events(Way.TLS_HTTP2, server, host);
            case DOWNLOAD -> new Download(server, host);
            case WEB_SOCKET_HTTP1 -> new WebSocketConversation(server, host);
            case WEB_SOCKET_HTTP2 -> new Http2Socket(server, host);
        };
    }

    /** It may have been about to sleep, or asleep. */
    private void awaitReady(JsonNode container) {
        Awaitility.await("it is awake")
                .atMost(PATIENCE)
                .until(() -> api.instances(container, "ready") == 1);
    }

    private void awaitFrozen(JsonNode container) {
        Awaitility.await("it is frozen")
                .atMost(PATIENCE)
                .until(() ->
                        api.instances(container, "frozen") == 1
                                && Frozen.isFrozen(process(container).split(" ", -1)[1]));
    }
}
