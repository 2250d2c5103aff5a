package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Deployments and rollbacks against a server that answers what the API would. */
final class DeployCommandTest extends CommandTest {
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
}
