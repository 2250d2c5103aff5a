package dev.dormouse.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.EngineHealth;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.Activity;
import dev.dormouse.model.LogLine;
import dev.dormouse.model.Status;
import dev.dormouse.testing.Reply;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class OwnEndpointsTest {
    @TempDir private Path folder;
    private ApiServer server;

    @BeforeEach
    void start() {
        server = new ApiServer(folder, Map.of("DORMOUSE_API_FOLLOWERS_MAX", "1"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Reply open(String path) {
        return server.call(Optional.empty(), "GET", path, "");
    }

    private String container() {
        return server.container(server.namespace("one"), "app", "").at("/id");
    }

    @Test
    void healthAndMetadataNeedNoKey() {
        assertThat(open("/healthz").text()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(open("/metadata").text())
                .isEqualTo(
                        "{\"platform\":\"external\",\"partition\":\"scw\",\"domain\":\"scw.eu\"}");
    }

    @Test
    void metricsCountAnswersByRouteAndNeverById() {
        String id = container();
        server.get(id);
        server.call("BREW", "/healthz");

        String text = open("/metrics").text();

        assertThat(text)
                .contains(
                        "dormouse_api_requests_seconds_count{method=\"GET\",route=\"/containers/v1/regions/{region}/containers/{container_id}\",status=\"200\"} 1")
                .contains("method=\"other\",route=\"/healthz\",status=\"405\"")
                .doesNotContain(id, "BREW");
    }

    @Test
    void theStatusTellsWhatRunsAndWhy() {
        String id = container();
        server.settle(id, Status.ERROR, "no such image");
        server.activities.put(
                UUID.fromString(id),
                new Activity(
                        List.of(
                                new Activity.InstanceView(
                                        "i-1", 3, "ready", ApiServer.START, 7, "runc", true)),
                        "7 requests are in flight",
                        List.of("started i-1: somebody waits")));
        server.usages.put("i-1", new Usage(Duration.ZERO, 10, 20, 30));

        Reply reply = server.call("GET", "/dormouse/v1/status?name=app");

        assertThat(reply.at("/engine")).isEqualTo("an engine of the test");
        assertThat(reply.at("/warnings/0")).isEqualTo("the test warns");
        assertThat(reply.text())
                .contains("\"name\":\"app\",\"namespace\":\"one\",\"region\":\"fr-par\"")
                .contains("\"status\":\"error\",\"error_message\":\"no such image\"")
                .contains(
                        "\"instances\":[{\"id\":\"i-1\",\"revision\":3,\"state\":\"ready\",\"since\":\"2026-11-24T12:00:00.123456Z\",\"in_flight\":7,\"runtime\":\"runc\",\"memory_bytes\":20,\"swapped_bytes\":30}]")
                .contains("\"because\":\"7 requests are in flight\"");
        assertThat(server.call("GET", "/dormouse/v1/status?name=other").json().path("containers"))
                .isEmpty();
    }

    @Test
    void whatIsFrozenWaitsForTheEngineOnlyWhereThatHasToWakeIt() {
        String id = container();
        server.settle(id, Status.READY, "");
        server.activities.put(
                UUID.fromString(id),
                new Activity(
                        List.of(
                                new Activity.InstanceView(
                                        "i-1", 1, "frozen", ApiServer.START, 0, "runc", true)),
                        "",
                        List.of()));
        server.engine = new EngineHealth("an engine of the test", false, ApiServer.START, "away");

        assertThat(waitsForEngine()).isFalse();
        server.wakesAlone = false;
        assertThat(waitsForEngine()).isTrue();
    }

    private boolean waitsForEngine() {
        return server.call("GET", "/dormouse/v1/status?name=app")
                .json()
                .at("/containers/0/waits_for_engine")
                .asBoolean();
    }

    @Test
    void theStatusShowsAsManyAsAskedThoseWithAnInstanceFirst() {
        String namespace = server.namespace("one");
        String awake = server.container(namespace, "awake", "").at("/id");
        String failed = server.container(namespace, "failed", "").at("/id");
        for (int i = 0; i < 5; i++) {
            server.settle(
                    server.container(namespace, "other-" + i, "").at("/id"), Status.READY, "");
        }
        server.settle(awake, Status.READY, "");
        server.settle(failed, Status.ERROR, "no such image");
        server.activities.put(
                UUID.fromString(awake),
                new Activity(
                        List.of(
                                new Activity.InstanceView(
                                        "i-1", 1, "ready", ApiServer.START, 0, "", true)),
                        "",
                        List.of()));

        server.usages.put("i-1", new Usage(Duration.ZERO, 10, 20, 30));

        Reply reply = server.call("GET", "/dormouse/v1/status?limit=3");

        assertThat(reply.text()).doesNotContain("memory_bytes");

        assertThat(reply.json().path("counts").toString())
                .isEqualTo(
                        "{\"creating\":0,\"updating\":0,\"ready\":6,\"error\":1,\"deleting\":0}");
        assertThat(reply.at("/total_count")).isEqualTo("7");
        assertThat(reply.json().path("containers"))
                .extracting(one -> one.path("name").asString())
                .containsExactly("awake", "failed", "other-4");
    }

    @Test
    void logsAreToldOldestFirst() {
        String id = container();
        for (String text : List.of("one", "two \"quoted\"", "three")) {
            server.logs.append(
                    UUID.fromString(id), new LogLine(ApiServer.START, "i-1", "stdout", text));
        }

        Reply reply = server.call("GET", "/dormouse/v1/containers/" + id + "/logs?lines=2");

        assertThat(reply.header("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(reply.text().lines())
                .containsExactly(
                        "{\"at\":\"2026-11-24T12:00:00.123456Z\",\"instance\":\"i-1\",\"stream\":\"stdout\",\"message\":\"two \\\"quoted\\\"\"}",
                        "{\"at\":\"2026-11-24T12:00:00.123456Z\",\"instance\":\"i-1\",\"stream\":\"stdout\",\"message\":\"three\"}");
    }

    @Test
    void aContainerThatWroteNothingHasNoLines() {
        assertThat(server.call("GET", "/dormouse/v1/containers/" + container() + "/logs").text())
                .isEmpty();
    }

    @Test
    @Timeout(30)
    void followersHearNewLinesAndLeaveTheirPlace() throws Exception {
        UUID id = UUID.fromString(container());
        String path = "/dormouse/v1/containers/" + id + "/logs?follow=true&lines=1";
        server.logs.append(id, new LogLine(ApiServer.START, "i-1", "stdout", "before"));

        for (int round = 0; round < 3; round++) {
            try (HttpClient http = HttpClient.newHttpClient()) {
                HttpResponse<InputStream> response = follow(http, path);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(response.body(), StandardCharsets.UTF_8));
                assertThat(nextEntry(lines)).contains("\"message\":\"before\"");
                assertThat(server.call("GET", path).status()).isEqualTo(429);

                server.logs.append(id, new LogLine(ApiServer.START, "i-1", "stderr", "after"));
                assertThat(nextEntry(lines)).contains("\"message\":\"after\"");
                server.logs.append(id, new LogLine(ApiServer.START, "i-1", "stdout", "before"));
                lines.close();
            }
        }
    }

    @Test
    @Timeout(30)
    void aServerThatStopsTakesLeaveOfItsFollowers() throws Exception {
        UUID id = UUID.fromString(container());
        server.logs.append(id, new LogLine(ApiServer.START, "i-1", "stdout", "last"));
        try (HttpClient http = HttpClient.newHttpClient();
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        follow(
                                                        http,
                                                        "/dormouse/v1/containers/"
                                                                + id
                                                                + "/logs?follow=true&lines=1")
                                                .body(),
                                        StandardCharsets.UTF_8))) {
            assertThat(nextEntry(lines)).contains("last");

            server.close();

            assertThat(lines.lines().filter(line -> !line.isEmpty())).isEmpty();
        }
    }

    /** The place of the one before is free as soon as its leaving is noticed. */
    private HttpResponse<InputStream> follow(HttpClient http, String path) throws Exception {
        while (true) {
            HttpResponse<InputStream> response =
                    http.send(
                            server.client
                                    .to(path)
                                    .header("X-Auth-Token", server.ownerToken())
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() == 200) {
                return response;
            }
            response.body().close();
        }
    }

    private static String nextEntry(BufferedReader lines) throws Exception {
        String line = lines.readLine();
        while (line.isEmpty()) {
            line = lines.readLine();
        }
        return line;
    }

    @Test
    void askingForTheHeadOfLogsTakesNoPlace() {
        String path = "/dormouse/v1/containers/" + container() + "/logs?follow=true";

        for (int round = 0; round < 3; round++) {
            assertThat(server.call("HEAD", path).status()).isEqualTo(200);
        }
    }
}
