package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Start;
import dev.dormouse.model.Start.Cause;
import dev.dormouse.model.Start.Outcome;
import dev.dormouse.model.Start.Part;
import dev.dormouse.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartsApiTest {
    @TempDir private Path folder;
    private ApiServer server;
    private String id = "";

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        id = server.container(server.namespace("one"), "app", "").at("/id");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply starts() {
        return server.call("GET", "/dormouse/v1/containers/" + id + "/starts");
    }

    @Test
    void startsAreToldNewestFirstWithTheirParts() {
        server.starts.put(
                UUID.fromString(id),
                List.of(
                        new Start(
                                "app-r2-b",
                                2,
                                Cause.REPLACEMENT,
                                "min_scale is 1",
                                ApiServer.START,
                                Outcome.FAILED,
                                Map.of(
                                        Part.CREATE,
                                        Duration.ofNanos(1_500),
                                        Part.SCHEDULE,
                                        Duration.ofSeconds(2)),
                                "it exited"),
                        new Start(
                                "app-r1-a",
                                1,
                                Cause.REQUEST,
                                "somebody called",
                                ApiServer.START,
                                Outcome.READY,
                                Map.of(Part.FORWARD, Duration.ofMillis(3)),
                                "")));

        assertThat(starts().text())
                .isEqualTo(
                        "{\"starts\":["
                                + "{\"instance\":\"app-r2-b\",\"revision\":2,\"cause\":\"replacement\",\"because\":\"min_scale is 1\",\"at\":\"2026-11-24T12:00:00.123456Z\",\"outcome\":\"failed\",\"message\":\"it exited\",\"milliseconds\":2000.002,\"parts\":[{\"part\":\"schedule\",\"milliseconds\":2000.0},{\"part\":\"create\",\"milliseconds\":0.002}]},"
                                + "{\"instance\":\"app-r1-a\",\"revision\":1,\"cause\":\"request\",\"because\":\"somebody called\",\"at\":\"2026-11-24T12:00:00.123456Z\",\"outcome\":\"ready\",\"message\":\"\",\"milliseconds\":3.0,\"parts\":[{\"part\":\"forward\",\"milliseconds\":3.0}]}"
                                + "],\"total_count\":2}");
    }

    @Test
    void everyWordOfTheModelIsInTheDocument() {
        for (Cause cause : Cause.values()) {
            for (Outcome outcome : Outcome.values()) {
                server.starts.put(UUID.fromString(id), List.of(ofEveryPart(cause, outcome)));

                assertThat(starts().at("/starts/0/cause")).isEqualTo(cause.word());
            }
        }
    }

    private static Start ofEveryPart(Cause cause, Outcome outcome) {
        Map<Part, Duration> took = new java.util.EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            took.put(part, Duration.ofMillis(1));
        }
        return new Start("app-r1-a", 1, cause, "", ApiServer.START, outcome, took, "");
    }

    @Test
    void aContainerThatStartedNothingHasNone() {
        assertThat(starts().text()).isEqualTo("{\"starts\":[],\"total_count\":0}");
    }

    @Test
    void nobodyIsToldOfAContainerThatTheyMayNotKnowOf() {
        String strange = new UUID(1, 1).toString();

        Reply reply = server.call("GET", "/dormouse/v1/containers/" + strange + "/starts");

        assertThat(reply.status()).isEqualTo(404);
    }
}
