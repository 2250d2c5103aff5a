package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** The commands against a server that answers what the API would. */
final class CliTest extends CommandTest {
    @Test
    void wrongUsageExitsWithTwo() {
        assertThat(run("deploy", "web")).isEqualTo(2);
        assertThat(run("deploy", "web", "web:1", "--port", "many")).isEqualTo(2);
        assertThat(run("key")).isEqualTo(2);
        assertThat(run("frobnicate")).isEqualTo(2);
    }

    @Test
    void helpNeedsNoServerAndNoColour() throws Exception {
        Files.delete(dataDir.resolve("credentials"));

        assertThat(run("deploy", "--help")).isZero();
        assertThat(results.toString()).contains("--min-scale").doesNotContain("\u001b");
    }

    @Test
    void withoutAServerTheWayToStartOneIsTold() throws Exception {
        Files.delete(dataDir.resolve("credentials"));

        assertThat(run("status")).isEqualTo(1);
        assertThat(notes.toString()).contains("./dormouse up");
    }

    @Test
    void aServerThatDoesNotAnswerIsToldInASentence() {
        server.close();

        assertThat(run("status")).isEqualTo(1);
        assertThat(notes.toString()).contains("No server answers at " + server.url());
    }

    @Test
    void theDataFolderComesBeforeTheEnvironment() {
        environment.put("SCW_API_URL", "https://api.scaleway.invalid");
        server.on("GET", "/dormouse/v1/status", "{\"containers\":[]}");

        assertThat(run("status")).isZero();
    }

    @Test
    void statusTellsWhatRunsAndWhy() {
        server.on(
                "GET",
                "/dormouse/v1/status",
                """
                {"version":"0.1.0","engine":"Docker 20.10.24","warnings":["no firewall"],"containers":[
                 {"id":"c1","name":"web","namespace":"default","region":"fr-par","status":"ready",
                  "error_message":"","public_endpoint":"http://web.example:8000",
                  "because":"2 requests need 2 instances","steps":["started i2: a request waits"],
                  "instances":[
                   {"id":"i1","revision":3,"state":"ready","since":"2026-11-24T08:00:00Z","in_flight":1,"runtime":"runsc",
                    "memory_bytes":12400000,"swapped_bytes":80000000},
                   {"id":"i2","revision":3,"state":"starting","since":"2026-11-24T08:00:01Z","in_flight":0}]}]}
                """);

        server.on(
                "GET",
                "/dormouse/v1/containers/c1/starts",
                "{\"starts\":[{\"instance\":\"i1\",\"cause\":\"request\",\"milliseconds\":9.5}]}");

        assertThat(run("status", "web")).isZero();
        assertThat(results.toString())
                .contains(
                        "web (default, fr-par): ready, 2 instances (1 ready, 1 starting)",
                        "because 2 requests need 2 instances",
                        "instance i1: revision 3, ready since 2026-11-24T08:00:00Z, 1 in flight, under runsc, 12 MB in memory and 80 MB in swap",
                        "starting since 2026-11-24T08:00:01Z, 0 in flight\n",
                        "newest starts, in ms:",
                        "?   i1        request  ?          9.5",
                        "started i2: a request waits")
                .doesNotContain("error:");
    }

    @Test
    void statusCountsAllAndSaysWhenItShowsFewer() {
        server.on(
                "GET",
                "/dormouse/v1/status",
                """
                {"version":"1","engine":"Docker","total_count":10000,
                 "counts":{"creating":0,"updating":0,"ready":9999,"error":1,"deleting":0},
                 "containers":[{"id":"c1","name":"web","instances":[]}]}
                """);

        assertThat(run("status", "-n", "1")).isZero();

        assertThat(results.toString())
                .contains(
                        "10000 containers (9999 ready, 1 error), of which 1 are shown: status NAME shows any");
        assertThat(server.calls().getLast().uri().getQuery()).isEqualTo("limit=1");
    }

    @Test
    void statusOfAnUnknownNameFails() {
        server.on("GET", "/dormouse/v1/status", "{\"containers\":[]}");

        assertThat(run("status", "nobody")).isEqualTo(1);
    }

    @Test
    void logsPrintOneLineForEachLine() {
        server.on(
                        "GET",
                        BASE + "/containers",
                        "{\"containers\":[" + container("ready") + "],\"total_count\":1}")
                .on(
                        "GET",
                        "/dormouse/v1/containers/c1/logs",
                        """
                        {"at":"2026-11-24T08:00:00Z","instance":"i1","stream":"stdout","message":"hello"}
                        {"at":"2026-11-24T08:00:01Z","instance":"i1","stream":"stderr","message":"oh no"}
                        """);

        assertThat(run("logs", "web", "-n", "20")).isZero();
        assertThat(results.toString())
                .isEqualTo("2026-11-24T08:00:00Z i1 hello\n2026-11-24T08:00:01Z i1 ! oh no\n");
        assertThat(server.calls().getLast().uri().getQuery()).contains("lines=20", "follow=false");
    }

    @Test
    void aNameInTwoNamespacesAsksForOne() {
        server.on(
                "GET",
                BASE + "/containers",
                "{\"containers\":[%s,%s],\"total_count\":2}"
                        .formatted(container("ready"), container("ready")));

        assertThat(run("logs", "web")).isEqualTo(1);
        assertThat(notes.toString()).contains("--namespace");
    }

    @Test
    void deleteReturnsWhenTheContainerIsGone() {
        server.on(
                        "GET",
                        BASE + "/containers",
                        "{\"containers\":[" + container("ready") + "],\"total_count\":1}")
                .on("DELETE", BASE + "/containers/c1", container("deleting"))
                .on("GET", BASE + "/containers/c1", container("deleting"))
                .on("GET", BASE + "/containers/c1", 404, "{\"type\":\"not_found\"}");

        assertThat(run("delete", "web")).isZero();
        assertThat(notes.toString()).contains("web is gone");
    }

    @Test
    void keysAreListedWithWhatTheyMayDo() {
        server.on("GET", "/dormouse/v1/keys", "{\"keys\":[" + key("SCWA") + "],\"total_count\":1}");

        assertThat(run("key", "list")).isZero();
        assertThat(results.toString()).contains("SCWA  never expires  ContainersReadOnly");
    }

    @Test
    void aContainerIsFoundOnALaterPage() {
        String other = container("ready").replace("web", "other");
        server.on("GET", BASE + "/containers", "{\"containers\":[" + other + "],\"total_count\":2}")
                .on(
                        "GET",
                        BASE + "/containers",
                        "{\"containers\":[" + container("ready") + "],\"total_count\":2}")
                .on("GET", "/dormouse/v1/containers/c1/logs", "");

        assertThat(run("logs", "web")).isZero();
        assertThat(server.calls().get(1).uri().getQuery()).contains("page=2");
    }

    @Test
    void aNewKeyIsPrintedWithItsSecret() {
        server.on(
                "POST", "/dormouse/v1/keys", "{\"access_key\":\"SCWA\",\"secret_key\":\"s3cret\"}");

        assertThat(run("key", "create", "--permission", "ContainersReadOnly", "--description", "d"))
                .isZero();
        assertThat(results.toString()).isEqualTo("SCW_ACCESS_KEY=SCWA\nSCW_SECRET_KEY=s3cret\n");
        assertThat(server.bodies("POST", "/dormouse/v1/keys"))
                .containsExactly(
                        "{\"description\":\"d\",\"permission_sets\":[\"ContainersReadOnly\"]}");
    }

    @Test
    void aRevokedKeyIsTheOneNamed() {
        server.on("DELETE", "/dormouse/v1/keys/SCWA", "");

        assertThat(run("key", "revoke", "SCWA")).isZero();
        assertThat(server.calls()).hasSize(1);
    }
}
