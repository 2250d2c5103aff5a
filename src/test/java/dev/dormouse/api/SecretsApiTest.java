package dev.dormouse.api;

import static dev.dormouse.api.ApiServer.BASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Status;
import dev.dormouse.testing.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsApiTest {
    private static final String SECRETS = "secret_environment_variables";

    @TempDir private Path folder;
    private ApiServer server;
    private String id = "";

    @BeforeEach
    void start() {
        server = new ApiServer(folder);
        id =
                server.container(
                                server.namespace("one"),
                                "app",
                                ",\"secret_environment_variables\":{\"A\":\"alpha-plain\",\"B\":\"beta-plain\"}")
                        .at("/id");
        server.settle(id, Status.READY, "");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static boolean verifies(String phc, String value) {
        String[] parts = phc.split("\\$", -1);
        String[] cost = parts[3].split("[=,]", -1);
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(Integer.parseInt(cost[1]))
                        .withIterations(Integer.parseInt(cost[3]))
                        .withParallelism(Integer.parseInt(cost[5]))
                        .withSalt(Base64.getDecoder().decode(parts[4]))
                        .build());
        byte[] hash = new byte[32];
        generator.generateBytes(value.getBytes(StandardCharsets.UTF_8), hash);
        return Base64.getEncoder().withoutPadding().encodeToString(hash).equals(parts[5]);
    }

    @Test
    void answersShowHashesThatVerifyAndStay() {
        Reply first = server.get(id);

        assertThat(verifies(first.at("/" + SECRETS + "/A"), "alpha-plain")).isTrue();
        assertThat(verifies(first.at("/" + SECRETS + "/A"), "beta-plain")).isFalse();
        assertThat(server.get(id).text()).isEqualTo(first.text()).doesNotContain("plain");
        assertThat(server.stored(id).workload().secretEnvironment())
                .hasEntrySatisfying(
                        "A", secret -> assertThat(secret.value()).isEqualTo("alpha-plain"));
    }

    @Test
    void anEmptyTextKeepsAndAMissingNameDeletes() {
        Reply before = server.get(id);

        Reply after = server.patch(id, "{\"%s\":{\"A\":\"\",\"C\":\"gamma\"}}".formatted(SECRETS));

        assertThat(after.at("/" + SECRETS + "/A")).isEqualTo(before.at("/" + SECRETS + "/A"));
        assertThat(verifies(after.at("/" + SECRETS + "/C"), "gamma")).isTrue();
        assertThat(after.json().path(SECRETS).propertyNames()).containsExactly("A", "C");
    }

    @Test
    void allKeptIsNothingChanged() {
        Reply before = server.get(id);

        Reply after = server.patch(id, "{\"%s\":{\"A\":\"\",\"B\":\"\"}}".formatted(SECRETS));

        assertThat(after.text()).isEqualTo(before.text());
    }

    @Test
    void settingTheSameValueAgainSaltsItAnew() {
        Reply before = server.get(id);

        Reply after =
                server.patch(id, "{\"%s\":{\"A\":\"alpha-plain\",\"B\":\"\"}}".formatted(SECRETS));

        assertThat(after.at("/" + SECRETS + "/A")).isNotEqualTo(before.at("/" + SECRETS + "/A"));
        assertThat(verifies(after.at("/" + SECRETS + "/A"), "alpha-plain")).isTrue();
    }

    @Test
    void anEmptyTextUnderANewNameIsTheEmptyText() {
        Reply after = server.patch(id, "{\"%s\":{\"N\":\"\"}}".formatted(SECRETS));

        assertThat(verifies(after.at("/" + SECRETS + "/N"), "")).isTrue();
    }

    @Test
    void anEmptyMapDeletesAll() {
        assertThat(server.patch(id, "{\"%s\":{}}".formatted(SECRETS)).text())
                .contains("\"secret_environment_variables\":{},");
    }

    @Test
    void noErrorTellsASecret() {
        String secret = "hush-hush";
        List<Reply> replies =
                List.of(
                        server.patch(id, "{\"%s\":{\"A\":[\"%s\"]}}".formatted(SECRETS, secret)),
                        server.patch(
                                id, "{\"%s\":{\"A\":\"%s\\u0000\"}}".formatted(SECRETS, secret)),
                        server.patch(id, "{\"%s\":\"%s\"}".formatted(SECRETS, secret)),
                        server.patch(id, "{\"%s\":{\"A\":\"%s\"}".formatted(SECRETS, secret)),
                        server.patch(
                                id, "{\"%s\":{\"A\":\"%s\\ud800\"}}".formatted(SECRETS, secret)),
                        server.patch(id, "{\"%s\":{\"PORT\":\"%s\"}}".formatted(SECRETS, secret)));

        assertThat(replies)
                .allSatisfy(reply -> {
                    assertThat(reply.status()).isEqualTo(400);
                    assertThat(reply.text()).doesNotContain(secret);
                });
    }

    @Test
    void twentySecretsAreAnsweredWhileOthersHashToo() throws Exception {
        String twenty = twenty();
        try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(1);
            Future<?> other =
                    others.submit(() -> {
                        begun.countDown();
                        return server.call(
                                "POST",
                                BASE + "/namespaces",
                                "{\"name\":\"two\",\"%s\":{\"A\":\"x\"}}".formatted(SECRETS));
                    });
            begun.await();
            Reply reply = patchAll(twenty);
            other.get();

            assertThat(reply.json().path(SECRETS)).hasSize(20);
        }
    }

    private Reply patchAll(String secrets) {
        return server.patch(id, "{\"%s\":{%s}}".formatted(SECRETS, secrets));
    }

    private static String twenty() {
        StringBuilder entries = new StringBuilder("\"S0\":\"v\"");
        for (int i = 1; i < 20; i++) {
            entries.append(",\"S%d\":\"value %d\"".formatted(i, i));
        }
        return entries.toString();
    }

    @Test
    void aNamespaceKeepsSecretsTheSameWay() {
        String namespace =
                server.call(
                                "POST",
                                BASE + "/namespaces",
                                "{\"name\":\"two\",\"%s\":{\"A\":\"x\"}}".formatted(SECRETS))
                        .at("/id");
        String path = BASE + "/namespaces/" + namespace;
        Reply before = server.call("GET", path);

        Reply kept = server.call("PATCH", path, "{\"%s\":{\"A\":\"\"}}".formatted(SECRETS));

        assertThat(verifies(before.at("/" + SECRETS + "/A"), "x")).isTrue();
        assertThat(kept.at("/" + SECRETS + "/A")).isEqualTo(before.at("/" + SECRETS + "/A"));
        assertThat(kept.at("/status")).isEqualTo("updating");
        assertThat(kept.at("/updated_at")).isEqualTo(before.at("/updated_at"));
    }
}
