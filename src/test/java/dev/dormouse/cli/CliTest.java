package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against a server that answers what the API would. */
final class CliTest {
    private static final String BASE = "/containers/v1/regions/fr-par";
    private static final String NAMESPACE =
            "{\"id\":\"n1\",\"name\":\"default\",\"status\":\"ready\"}";
    private static final String NO_CONTAINERS = "{\"containers\":[],\"total_count\":0}";

    @TempDir private Path dataDir;
    private final StandIn server = new StandIn();
    private final StringWriter results = new StringWriter();
    private final StringWriter notes = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void aServerHasLeftItsCredentials() throws Exception {
        environment.put("DORMOUSE_DATA_DIR", dataDir.toString());
        leaveCredentials(server.url());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void deployMakesTheNamespaceAndTheContainerAndPrintsItsEndpointAlone() {
        server.on("GET", BASE + "/namespaces", "{\"namespaces\":[],\"total_count\":0}")
                .on("POST", BASE + "/namespaces", NAMESPACE.replace("ready", "creating"))
                .on("GET", BASE + "/namespaces/n1", NAMESPACE)
                .on("GET", BASE + "/containers", NO_CONTAINERS)
                .on("POST", BASE + "/containers", container("creating"))
                .on("GET", BASE + "/containers/c1", container("creating"))
                .on("GET", BASE + "/containers/c1", container("ready"));

        int exitCode = run("deploy", "web", "web:1", "--port", "9000", "--env", "A=b=c");

        assertThat(exitCode).isZero();
        assertThat(results.toString()).isEqualTo("http://web.example:8000\n");
        assertThat(server.bodies("POST", BASE + "/namespaces"))
                .containsExactly("{\"name\":\"default\",\"project_id\":\"p1\"}");
        assertThat(server.bodies("POST", BASE + "/containers"))
                .containsExactly(
                        "{\"image\":\"web:1\",\"port\":9000,\"environment_variables\":{\"A\":\"b=c\"},"
                                + "\"namespace_id\":\"n1\",\"name\":\"web\"}");
        assertThat(server.calls()).allMatch(call -> call.token().equals("secret"));
    }

    @Test
    void deployOfAKnownNameChangesOnlyWhatIsGiven() {
        thereIsAContainer("ready");
        server.on("PATCH", BASE + "/containers/c1", container("updating"))
                .on("GET", BASE + "/containers/c1", container("ready"));

        int exitCode =
                run(
                        "deploy",
                        "web",
                        "web:2",
                        "--memory",
                        "256",
                        "--private",
                        "--arg",
                        "--fast",
                        "--tag",
                        "dormouse.idle-after=5m");

        assertThat(exitCode).isZero();
        assertThat(server.bodies("PATCH", BASE + "/containers/c1"))
                .containsExactly(
                        "{\"image\":\"web:2\",\"memory_limit_bytes\":256000000,\"privacy\":\"private\","
                                + "\"args\":[\"--fast\"],\"tags\":[\"dormouse.idle-after=5m\"]}");
    }

    @Test
    void aPrivateContainerIsMadePublicOnlyWhenAsked() {
        thereIsAContainer("ready");
        server.on("PATCH", BASE + "/containers/c1", container("ready"));

        assertThat(run("deploy", "web", "web:1", "--no-private")).isZero();
        assertThat(run("deploy", "web", "web:1")).isZero();

        assertThat(server.bodies("PATCH", BASE + "/containers/c1"))
                .containsExactly(
                        "{\"image\":\"web:1\",\"privacy\":\"public\"}", "{\"image\":\"web:1\"}");
    }

    @Test
    void aNameThatIsBeingDeletedIsMadeAnewWhenItIsGone() {
        thereIsAContainer("deleting");
        server.on("GET", BASE + "/containers/c1", container("deleting"))
                .on("GET", BASE + "/containers/c1", 404, "{\"type\":\"not_found\"}")
                .on("POST", BASE + "/containers", container("ready"));

        assertThat(run("deploy", "web", "web:2")).isZero();
        assertThat(server.bodies("POST", BASE + "/containers")).hasSize(1);
    }

    @Test
    void aDeploymentThatFailsTellsWhyAndExitsWithOne() {
        thereIsAContainer("ready");
        server.on(
                "PATCH",
                BASE + "/containers/c1",
                "{\"id\":\"c1\",\"name\":\"web\",\"status\":\"error\",\"error_message\":\"No such image\"}");

        assertThat(run("deploy", "web", "nowhere:1")).isEqualTo(1);
        assertThat(results.toString()).isEmpty();
        assertThat(notes.toString())
                .isEqualTo("dormouse: web is in the status \"error\": No such image\n");
    }

    @Test
    void rollbackAsksForTheRevisionAndWaitsUntilItServes() {
        thereIsAContainer("ready");
        String path = "/dormouse/v1/containers/c1/rollback";
        server.on("POST", path, container("updating"))
                .on("GET", BASE + "/containers/c1", container("updating"))
                .on("GET", BASE + "/containers/c1", container("ready"));

        assertThat(run("rollback", "web", "3")).isZero();
        assertThat(run("rollback", "web")).isZero();

        assertThat(server.bodies("POST", path)).containsExactly("{\"revision\":3}", "{}");
        assertThat(results.toString()).startsWith("http://web.example:8000\n");
    }

    @Test
    void whyARollbackCannotBeDoneIsTold() {
        thereIsAContainer("ready");
        server.on(
                "POST",
                "/dormouse/v1/containers/c1/rollback",
                412,
                "{\"type\":\"precondition_failed\",\"help_message\":\"revision 3 never served\"}");

        assertThat(run("rollback", "web", "3")).isEqualTo(1);
        assertThat(notes.toString()).contains("This cannot be done: revision 3 never served.");
    }

    @Test
    void revisionsAreListedWithWhatBecameOfThem() {
        thereIsAContainer("ready");
        server.on(
                "GET",
                "/dormouse/v1/containers/c1/revisions",
                """
                {"revisions":[{"number":2,"image":"web:2","digest":"","created_at":"2026-11-24T12:00:00Z",
                  "reason":"the container was changed","state":"failed","live":false,"message":"it exited"}]}
                """);

        assertThat(run("revisions", "web")).isZero();

        assertThat(results.toString())
                .isEqualTo(
                        """
                        2  2026-11-24T12:00:00Z  failed      web:2
                           reason: the container was changed
                           error: it exited
                        """);
    }

    @Test
    void everyRefusedArgumentIsTold() {
        thereIsAContainer("ready");
        server.on(
                "PATCH",
                BASE + "/containers/c1",
                400,
                """
                {"type":"invalid_arguments","message":"invalid argument(s)","details":[
                 {"argument_name":"port","reason":"constraint","help_message":"70000 is above 65535"},
                 {"argument_name":"max_scale","reason":"constraint","help_message":"0 is below 1"}]}
                """);

        assertThat(run("deploy", "web", "web:1", "--port", "70000", "--max-scale", "0"))
                .isEqualTo(1);
        assertThat(notes.toString())
                .contains("port: 70000 is above 65535", "max_scale: 0 is below 1");
    }

    @Test
    void aVariableWithoutAValueIsTakenFromTheShell() {
        environment.put("TOKEN", "t0p");
        thereIsAContainer("ready");
        server.on("PATCH", BASE + "/containers/c1", container("ready"));

        assertThat(run("deploy", "web", "web:1", "--secret", "TOKEN")).isZero();
        assertThat(server.bodies("PATCH", BASE + "/containers/c1"))
                .containsExactly(
                        "{\"image\":\"web:1\",\"secret_environment_variables\":{\"TOKEN\":\"t0p\"}}");
    }

    @Test
    void aVariableThatTheShellDoesNotHaveIsWrongUsage() {
        assertThat(run("deploy", "web", "web:1", "--env", "NOWHERE")).isEqualTo(2);
        assertThat(notes.toString()).contains("--env NOWHERE");
        assertThat(server.calls()).isEmpty();
    }

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
                   {"id":"i1","revision":3,"state":"ready","since":"2026-11-24T08:00:00Z","in_flight":1},
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
                        "instance i1: revision 3, ready since 2026-11-24T08:00:00Z, 1 in flight",
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

    private int run(String... arguments) {
        Session session =
                new Session(
                        new Console(new PrintWriter(results, true), new PrintWriter(notes, true)),
                        new Patience(InstantSource.system(), () -> {}, Duration.ofMinutes(1)),
                        ApiClient.http(),
                        environment);
        return Cli.commandLine(session).execute(arguments);
    }

    private void thereIsAContainer(String status) {
        server.on(
                        "GET",
                        BASE + "/namespaces",
                        "{\"namespaces\":[" + NAMESPACE + "],\"total_count\":1}")
                .on(
                        "GET",
                        BASE + "/containers",
                        "{\"containers\":[" + container(status) + "],\"total_count\":1}");
    }

    private void leaveCredentials(String url) throws Exception {
        Files.writeString(
                dataDir.resolve("credentials"),
                """
                SCW_API_URL=%s
                SCW_ACCESS_KEY=SCWXXXXXXXXXXXXXXXXX
                SCW_SECRET_KEY=secret
                SCW_DEFAULT_PROJECT_ID=p1
                """
                        .formatted(url));
    }

    private static String container(String status) {
        return "{\"id\":\"c1\",\"name\":\"web\",\"status\":\"%s\",\"public_endpoint\":\"http://web.example:8000\"}"
                .formatted(status);
    }

    private static String key(String accessKey) {
        return "{\"access_key\":\"%s\",\"permission_sets\":[\"ContainersReadOnly\"],\"expires_at\":null}"
                .formatted(accessKey);
    }
}
