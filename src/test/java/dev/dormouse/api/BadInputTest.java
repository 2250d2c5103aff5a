package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTest {
    private static final String NUL = "\\u0000";

    @TempDir private static Path folder;
    private static ApiServer server;
    private static String namespace = "";
    private static String id = "";

    @BeforeAll
    static void start() {
        server = new ApiServer(folder);
        namespace = server.namespace("one");
        id = server.container(namespace, "app", "").at("/id");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A wrong field of a container, and the argument that is to be named. */
    record Wrong(String field, String argument) {}

    static List<Wrong> wrongFields() {
        List<Wrong> wrong = new ArrayList<>();
        for (String value :
                List.of(
                        "0",
                        "65536",
                        "-1",
                        "8080.5",
                        "\"8080\"",
                        "true",
                        "[]",
                        "{}",
                        "1e400",
                        "99999999999999999999")) {
            wrong.add(new Wrong("\"port\":" + value, "port"));
        }
        for (String name :
                List.of(
                        "min_scale|11",
                        "max_scale|0",
                        "max_scale|51",
                        "memory_limit_bytes|127999999",
                        "memory_limit_bytes|12288000001",
                        "mvcpu_limit|69",
                        "mvcpu_limit|6001",
                        "local_storage_limit_bytes|999999999",
                        "local_storage_limit_bytes|24456000001",
                        "timeout|300",
                        "timeout|\"5m\"",
                        "timeout|\"9s\"",
                        "timeout|\"3601s\"",
                        "timeout|\"3600.000000001s\"",
                        "timeout|\"-10s\"",
                        "timeout|\"10s\\n\"",
                        "privacy|\"secret\"",
                        "privacy|\"PUBLIC\"",
                        "protocol|\"http2\"",
                        "sandbox|\"v3\"",
                        "https_connections_only|\"true\"",
                        "private_network_id|\"x\"",
                        "image|\"Nginx\"",
                        "image|\"nginx:\"",
                        "image|\"\"",
                        "image|\"a b\"",
                        "image|\"nginx@sha256:1\"",
                        "image|7",
                        "description|\"" + "d".repeat(256) + "\"",
                        "description|\"a" + NUL + "\"",
                        "tags|\"a\"",
                        "tags|[1]",
                        "tags|[null]",
                        "tags|[\"a" + NUL + "\"]",
                        "tags|[\"dormouse.idle-after=soon\"]",
                        "tags|[\"dormouse.nothing=1\"]",
                        "command|\"sh\"",
                        "command|[1]",
                        "args|[\"a" + NUL + "\"]",
                        "scaling_option|{\"cpu_usage_threshold\":1,\"memory_usage_threshold\":1}",
                        "scaling_option|7",
                        "liveness_probe|{\"tcp\":{},\"http\":{\"path\":\"/\"}}",
                        "startup_probe|{\"tcp\":{},\"http\":{\"path\":\"/\"}}",
                        "environment_variables|[]",
                        "secret_environment_variables|7")) {
            String[] parts = name.split("\\|", 2);
            wrong.add(new Wrong("\"%s\":%s".formatted(parts[0], parts[1]), parts[0]));
        }
        wrong.addAll(nested());
        return wrong;
    }

    private static List<Wrong> nested() {
        List<Wrong> wrong = new ArrayList<>();
        for (String probe : List.of("liveness_probe", "startup_probe")) {
            for (String part :
                    List.of(
                            "failure_threshold|2",
                            "failure_threshold|51",
                            "failure_threshold|\"3\"",
                            "interval|\"0s\"",
                            "interval|\"301s\"",
                            "timeout|\"0.999999999s\"",
                            "timeout|7",
                            "tcp|7")) {
                String[] parts = part.split("\\|", 2);
                wrong.add(
                        new Wrong(
                                "\"%s\":{\"%s\":%s,\"http\":{\"path\":\"/\"}}"
                                        .formatted(probe, parts[0], parts[1]),
                                probe + "." + parts[0]));
            }
            for (String path :
                    List.of("\"\"", "\"x\"", "\"/a b\"", "7", "\"/" + "a".repeat(100) + "\"")) {
                wrong.add(
                        new Wrong(
                                "\"%s\":{\"http\":{\"path\":%s}}".formatted(probe, path),
                                probe + ".http.path"));
            }
        }
        for (String scale :
                List.of(
                        "concurrent_requests_threshold|0",
                        "concurrent_requests_threshold|81",
                        "cpu_usage_threshold|0",
                        "cpu_usage_threshold|101",
                        "memory_usage_threshold|\"50\"")) {
            String[] parts = scale.split("\\|", 2);
            wrong.add(
                    new Wrong(
                            "\"scaling_option\":{\"%s\":%s}".formatted(parts[0], parts[1]),
                            "scaling_option." + parts[0]));
        }
        for (String map : List.of("environment_variables", "secret_environment_variables")) {
            for (String name :
                    List.of("PORT", "SCW_A", "1A", "A B", "-", "", "a".repeat(101), "É")) {
                wrong.add(
                        new Wrong("\"%s\":{\"%s\":\"v\"}".formatted(map, name), map + "." + name));
            }
            for (String value :
                    List.of("7", "null", "\"a" + NUL + "\"", "\"" + "v".repeat(65537) + "\"")) {
                wrong.add(new Wrong("\"%s\":{\"A\":%s}".formatted(map, value), map + ".A"));
            }
        }
        return wrong;
    }

    @ParameterizedTest
    @MethodSource("wrongFields")
    void aWrongFieldIsNamed(Wrong wrong) {
        Reply created =
                server.call(
                        "POST",
                        BASE + "/containers",
                        "{\"namespace_id\":\"%s\",\"name\":\"never\",%s}"
                                .formatted(namespace, wrong.field()));
        Reply patched = server.patch(id, "{" + wrong.field() + "}");

        for (Reply reply : List.of(created, patched)) {
            assertThat(reply.status()).as(reply.text()).isEqualTo(400);
            assertThat(reply.at("/type")).isEqualTo("invalid_arguments");
            assertThat(reply.arguments())
                    .filteredOn(name -> !name.equals("image") || wrong.argument().equals("image"))
                    .containsOnlyOnce(wrong.argument());
        }
        assertThat(server.stored(id).generation()).isEqualTo(1);
    }

    @Test
    void nothingOfARefusedCreateIsLeft() {
        assertThat(
                        server.call("GET", BASE + "/containers?name=never")
                                .json()
                                .path("total_count")
                                .intValue())
                .isZero();
    }

    @Test
    void allWrongFieldsAreNamedAtOnce() {
        Reply reply =
                server.container(
                        "x", "UPPER", ",\"port\":0,\"timeout\":\"1s\",\"tags\":[\"dormouse.x=1\"]");

        assertThat(reply.arguments())
                .containsExactlyInAnyOrder("namespace_id", "name", "port", "timeout", "tags");
    }

    @ParameterizedTest
    @MethodSource("brokenBodies")
    void aBrokenBodyIsNamedAsTheBody(String body) {
        Reply reply = server.patch(id, body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.arguments()).containsExactly("body");
    }

    static List<String> brokenBodies() {
        return List.of(
                "{",
                "[]",
                "7",
                "null",
                "\"x\"",
                "{\"port\":}",
                "{\"port\":1}}",
                "{} {}",
                "{\"port\":1,\"port\":2}",
                "{'port':1}",
                "{\"port\":NaN}",
                "{\"port\":01}",
                "{\"description\":\"\\ud800\"}",
                "{\"tags\":[\"\\udc00\"]}",
                "{\"unknown\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}",
                "{\"unknown\":" + "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000) + "}",
                "{\"unknown\":" + "9".repeat(5_000) + "}");
    }

    @Test
    void bytesThatAreNoTextAreNamedAsTheBody() {
        byte[] bytes = "{\"description\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        bytes[16] = (byte) 0xFF;

        Reply reply = send("PATCH", BASE + "/containers/" + id, "application/json", bytes);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.arguments()).containsExactly("body");
    }

    @Test
    void aBodyTooLargeIsRefusedWithoutBeingKept() {
        byte[] bytes =
                ("{\"description\":\"" + "x".repeat(10_000_000) + "\"}")
                        .getBytes(StandardCharsets.UTF_8);

        Reply reply = send("PATCH", BASE + "/containers/" + id, "application/json", bytes);

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.arguments()).containsExactly("body");
        assertThat(server.get(id).status()).isEqualTo(200);
    }

    @Test
    void anotherMediaTypeIsRefusedAndNoneIsJson() {
        byte[] body = "{\"description\":\"\"}".getBytes(StandardCharsets.UTF_8);
        String path = BASE + "/containers/" + id;

        assertThat(send("PATCH", path, "text/plain", body).status()).isEqualTo(415);
        assertThat(send("PATCH", path, "application/json; charset=latin1", body).status())
                .isEqualTo(415);
        assertThat(send("PATCH", path, "application/x-www-form-urlencoded", body).status())
                .isEqualTo(415);
        assertThat(send("PATCH", path, "multipart/form-data; boundary=x", body).status())
                .isEqualTo(415);
        assertThat(send("PATCH", path, "APPLICATION/JSON; charset=UTF-8", body).status())
                .isEqualTo(200);
        assertThat(send("PATCH", path, "", body).status()).isEqualTo(200);
    }

    @Test
    void bodiesWhereNoneBelongArePassedOver() {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] garbage = "\0garbage".getBytes(StandardCharsets.UTF_8);

        assertThat(send("GET", BASE + "/containers/" + id, "", body).status()).isEqualTo(200);
        assertThat(send("GET", BASE + "/containers/" + id, "text/plain", garbage).status())
                .isEqualTo(200);
    }

    @Test
    void aMalformedIdIsNamedAndAnUnknownRegionToo() {
        assertThat(server.call("GET", BASE + "/containers/x").arguments())
                .containsExactly("container_id");
        assertThat(server.call("GET", BASE + "/namespaces/x%00y").arguments())
                .containsExactly("namespace_id");
        assertThat(server.call("GET", "/containers/v1/regions/mars/containers/" + id).arguments())
                .containsExactly("region");
        assertThat(
                        server.call(
                                        "GET",
                                        BASE
                                                + "/containers/"
                                                + id.toUpperCase(java.util.Locale.ROOT))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void aWrongMethodIsToldTheRightOnes() {
        Reply put = server.call("PUT", BASE + "/containers/" + id, "{}");
        Reply odd = server.call("BREW", BASE + "/containers", "");

        assertThat(put.status()).isEqualTo(405);
        assertThat(put.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS, PATCH");
        assertThat(odd.status()).isEqualTo(405);
        assertThat(odd.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
    }

    @Test
    void optionsAndHeadAnswerWithoutABody() {
        Reply options = server.call("OPTIONS", BASE + "/containers");
        Reply head = server.call("HEAD", BASE + "/containers");

        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length"))
                .isEqualTo(
                        Integer.toString(server.call("GET", BASE + "/containers").text().length()));
    }

    @Test
    void anUnknownPathIsNotFound() {
        for (String path :
                List.of(
                        "/",
                        "/nothing",
                        "/containers/v1/regions/fr-par",
                        "/iam/v1alpha1/api-keys/SCWX",
                        BASE + "/containers/",
                        BASE + "/triggers",
                        "/healthz/")) {
            Reply reply = server.call("GET", path);
            assertThat(reply.status()).as(path).isEqualTo(404);
            assertThat(reply.at("/type")).isEqualTo("not_found");
        }
    }

    private static Reply send(String method, String path, String type, byte[] body) {
        HttpRequest.Builder request =
                server.client
                        .to(path)
                        .header("X-Auth-Token", server.ownerToken())
                        .method(method, BodyPublishers.ofByteArray(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        return server.client.send(request.build());
    }
}
