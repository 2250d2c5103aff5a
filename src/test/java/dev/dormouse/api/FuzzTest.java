package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.auth.NewKey;
import dev.dormouse.testing.Reply;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two thousand requests, each an ordinary one with something of it replaced. Whatever they are, no
 * answer is the server's fault and every one is as the document says. A failure names the seed; the
 * system property {@code dormouse.seed} runs it again.
 */
class FuzzTest {
    private static final int CASES = 2_000;
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "0",
                    "-1",
                    "1",
                    "80",
                    "1e400",
                    "-0.0",
                    "9223372036854775808",
                    "4294967296",
                    "1.5",
                    "\"\"",
                    "\"x\"",
                    "\"\\u0000\"",
                    "\"\\ud800\"",
                    "\"10s\"",
                    "\"-1s\"",
                    "\"unknown_privacy\"",
                    "\"public\"",
                    "\"😀\"",
                    "[]",
                    "[null]",
                    "[1]",
                    "[\"a\"]",
                    "[\"dormouse.sleep=stop\"]",
                    "[\"dormouse.\"]",
                    "{}",
                    "{\"a\":null}",
                    "{\"A\":\"b\"}",
                    "{\"tcp\":{}}",
                    "{\"tcp\":null}",
                    "{\"http\":{\"path\":null}}",
                    "{\"http\":{\"path\":\"/\"},\"failure_threshold\":0}",
                    "{\"failure_threshold\":5}",
                    "{\"concurrent_requests_threshold\":5}",
                    "{\"cpu_usage_threshold\":null}",
                    "[[[[[[]]]]]]",
                    "\"" + "y".repeat(70_000) + "\"");
    private static final List<String> FIELDS =
            List.of(
                    "namespace_id",
                    "name",
                    "description",
                    "image",
                    "min_scale",
                    "max_scale",
                    "memory_limit_bytes",
                    "mvcpu_limit",
                    "local_storage_limit_bytes",
                    "timeout",
                    "privacy",
                    "protocol",
                    "port",
                    "https_connections_only",
                    "https_connection_only",
                    "sandbox",
                    "scaling_option",
                    "liveness_probe",
                    "startup_probe",
                    "tags",
                    "private_network_id",
                    "command",
                    "args",
                    "environment_variables",
                    "project_id",
                    "secret_environment_variables",
                    "permission_sets",
                    "expires_at",
                    "unheard_of");
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "0",
                    "-1",
                    "x",
                    "1001",
                    "999999999999999999999",
                    "a b",
                    "\0",
                    "é",
                    "%",
                    "/",
                    "..");

    @TempDir private Path folder;

    @Test
    void nothingThatIsSentIsTheServersFault() {
        long seed = Long.getLong("dormouse.seed", System.nanoTime());
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        try (ApiServer server = new ApiServer(folder)) {
            String namespace = server.namespace("fuzzed");
            String container = server.container(namespace, "app", "").at("/id");
            int accepted = 0;
            for (int i = 0; i < CASES; i++) {
                HttpRequest request = request(server, random, namespace, container);
                Reply reply = server.client.send(request);
                assertThat(reply.status())
                        .as("seed %d case %d: %s %s", seed, i, request, reply.text())
                        .isBetween(200, 499);
                accepted += reply.status() == 200 ? 1 : 0;
            }
            assertThat(accepted).as("seed %d", seed).isBetween(CASES / 20, CASES - CASES / 20);
        }
    }

    private static HttpRequest request(
            ApiServer server, RandomGenerator random, String namespace, String container) {
        List<String> ids =
                List.of(
                        namespace,
                        container,
                        NewKey.randomUuid(random).toString(),
                        encoded(one(TEXTS, random)));
        List<String> paths =
                List.of(
                        BASE + "/namespaces",
                        BASE + "/containers",
                        BASE + "/namespaces/" + one(ids, random),
                        BASE + "/containers/" + one(ids, random),
                        BASE + "/containers/" + container,
                        BASE + "/containers/" + one(ids, random) + "/redeploy",
                        "/containers/v1/regions/" + encoded(one(TEXTS, random)) + "/containers",
                        "/dormouse/v1/keys",
                        "/dormouse/v1/status?name=" + encoded(one(TEXTS, random)),
                        "/dormouse/v1/containers/" + one(ids, random) + "/logs",
                        "/dormouse/v1/containers/" + one(ids, random) + "/revisions",
                        "/dormouse/v1/containers/" + one(ids, random) + "/rollback",
                        BASE
                                + "/containers?page=%s&page_size=%s&order_by=%s&name=%s"
                                        .formatted(
                                                encoded(one(TEXTS, random)),
                                                encoded(one(TEXTS, random)),
                                                encoded(one(TEXTS, random)),
                                                encoded(one(TEXTS, random))));
        String method =
                one(List.of("GET", "POST", "POST", "PATCH", "PATCH", "PUT", "HEAD"), random);
        HttpRequest.Builder request =
                server.client
                        .to(one(paths, random))
                        .method(
                                method,
                                BodyPublishers.ofString(
                                        body(random, namespace), StandardCharsets.UTF_8));
        token(server, random).ifPresent(token -> request.header("X-Auth-Token", token));
        if (random.nextInt(10) > 0) {
            request.header(
                    "Content-Type", random.nextInt(20) > 0 ? "application/json" : "text/html");
        }
        return request.build();
    }

    private static Optional<String> token(ApiServer server, RandomGenerator random) {
        return switch (random.nextInt(40)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of("wrong");
            default -> Optional.of(server.ownerToken());
        };
    }

    private static String body(RandomGenerator random, String namespace) {
        boolean isWhole = random.nextInt(3) > 0;
        StringBuilder changed =
                new StringBuilder(
                        isWhole
                                ? "{\"namespace_id\":\"%s\",\"name\":\"n%d\",\"image\":\"a\""
                                        .formatted(namespace, random.nextInt(100_000))
                                : "{\"unheard_of\":0");
        for (int i = random.nextInt(4); i > 0; i--) {
            changed.append(",\"%s\":%s".formatted(one(FIELDS, random), one(VALUES, random)));
        }
        changed.append('}');
        if (random.nextInt(10) == 0) {
            changed.setCharAt(
                    random.nextInt(changed.length()), (char) ('!' + random.nextInt('~' - '!')));
        }
        return random.nextInt(30) == 0
                ? changed.substring(0, random.nextInt(changed.length()))
                : changed.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static <T> T one(List<T> all, RandomGenerator random) {
        return all.get(random.nextInt(all.size()));
    }
}
