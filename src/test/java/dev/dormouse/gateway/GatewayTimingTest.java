package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.model.Route.Target;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every answer can tell where its request's time went; the meters tell it of all. */
class GatewayTimingTest {
    private static final String ASKED = "Dormouse-Server-Timing: 1";

    private static final Metadata.Key<String> SERVER_TIMING =
            Metadata.Key.of("server-timing", Metadata.ASCII_STRING_MARSHALLER);

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch open = new CountDownLatch(1);
    private Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        open.countDown();
        clients.shutdownNow();
        served.close();
    }

    @Test
    void aRequestThatFindsAnInstanceSpendsItsTimeOnItAndOnceOnTheConnection() throws Exception {
        served.publish(served.instance(call -> call.answer("ok")));
        try (Wire wire = new Wire(served.port())) {
            assertThat(parts(wire.send(Wire.get("/", ASKED)).read()))
                    .containsOnlyKeys("connect", "app");
            assertThat(parts(wire.send(Wire.get("/", ASKED)).read())).containsOnlyKeys("app");
        }
    }

    @Test
    void theTimeOnTheInstanceIsThatOfItsAnswersHead() throws Exception {
        Instance slow =
                served.instance(call -> {
                    awaitOpen();
                    call.answer("slow");
                });
        served.publish(slow);
        long asked = System.nanoTime();
        Future<Wire.Answer> answer = ask(Wire.get("/", ASKED));
        served.awaitInFlight(1);
        letPass(Duration.ofMillis(120));
        open.countDown();

        Map<String, Double> parts = parts(answer.get(10, TimeUnit.SECONDS));
        assertThat(parts.get("app")).isBetween(115.0, millis(System.nanoTime() - asked));
    }

    @Test
    void aWaitForTheFirstInstanceIsAStart() throws Exception {
        served.publish();
        Future<Wire.Answer> answer = ask(Wire.get("/", ASKED));
        served.awaitWaiting(1);
        letPass(Duration.ofMillis(60));
        served.publish(served.instance(call -> call.answer("awake")));

        Map<String, Double> parts = parts(answer.get(10, TimeUnit.SECONDS));
        assertThat(parts).containsOnlyKeys("start", "connect", "app");
        assertThat(parts.get("start")).isGreaterThan(59);
    }

    @Test
    void aWaitForAPlaceIsTheQueueAlsoAfterAStart() throws Exception {
        served.publish(edit -> edit.concurrency(1));
        Future<Wire.Answer> first = ask(Wire.get("/", ASKED));
        served.awaitWaiting(1);
        Future<Wire.Answer> second = ask(Wire.get("/", ASKED));
        served.awaitWaiting(2);
        served.publish(held());
        served.awaitInFlight(1);
        letPass(Duration.ofMillis(40));
        Future<Wire.Answer> third = ask(Wire.get("/", ASKED));
        served.awaitWaiting(2);
        open.countDown();

        assertThat(parts(first.get(10, TimeUnit.SECONDS))).containsKey("start");
        assertThat(parts(first.get())).doesNotContainKey("queue");
        Map<String, Double> both = parts(second.get(10, TimeUnit.SECONDS));
        assertThat(both).containsKey("start");
        assertThat(both.get("queue")).isGreaterThan(39);
        assertThat(parts(third.get(10, TimeUnit.SECONDS)))
                .containsKey("queue")
                .doesNotContainKey("start");
    }

    @Test
    void theInstancesOwnTimingsComeFirstAndStay() throws Exception {
        served.publish(
                served.instance(call ->
                        call.write(
                                String.join(
                                        "\r\n",
                                        "HTTP/1.1 200 X",
                                        "Server-Timing: db;dur=53.2, cache",
                                        "Content-Length: 0",
                                        "",
                                        ""))));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/", ASKED));

        assertThat(answer.header("Server-Timing")).startsWith("db;dur=53.2, cache|");
        assertThat(parts(answer)).containsKeys("connect", "app");
        assertThat(Wire.ask(served.port(), Wire.get("/")).header("Server-Timing"))
                .isEqualTo("db;dur=53.2, cache");
    }

    @Test
    void theInstanceDoesNotHearOfTheWish() throws Exception {
        served.publish(
                served.instance(call -> call.answer(call.header("Dormouse-Server-Timing") + ".")));

        assertThat(Wire.ask(served.port(), Wire.get("/", ASKED)).body()).isEqualTo(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "true", ""})
    void anythingElseIsNoWish(String value) throws Exception {
        served.publish(served.instance(call -> call.answer("ok")));

        Wire.Answer answer =
                Wire.ask(served.port(), Wire.get("/", "Dormouse-Server-Timing: " + value));

        assertThat(answer.header("Server-Timing")).isEmpty();
    }

    @Test
    void theSettingGivesItToAllOrToNobody() throws Exception {
        serveWith("on");
        assertThat(parts(Wire.ask(served.port(), Wire.get("/")))).containsKey("app");
        serveWith("off");
        assertThat(Wire.ask(served.port(), Wire.get("/", ASKED)).header("Server-Timing")).isEmpty();
    }

    @Test
    void whoeverWaitedInVainIsToldHowLong() throws Exception {
        served.publish();
        Future<Wire.Answer> answer = ask(Wire.get("/", ASKED));
        served.awaitWaiting(1);
        letPass(Duration.ofMillis(30));
        served.publish(edit -> edit.unavailable("its image is gone"));

        Wire.Answer refused = answer.get(10, TimeUnit.SECONDS);
        assertThat(refused.status()).isEqualTo(503);
        assertThat(parts(refused)).containsOnlyKeys("start");
        assertThat(parts(refused).get("start")).isGreaterThan(29);
    }

    @Test
    void whoeverWasNotAnsweredInTimeIsToldWhere() throws Exception {
        Instance busy = held();
        served.publish(edit -> edit.concurrency(1).timeout(Duration.ofMillis(300)).targets(busy));
        Future<Wire.Answer> working = ask(Wire.get("/", ASKED));
        served.awaitInFlight(1);
        Future<Wire.Answer> waiting = ask(Wire.get("/", ASKED));
        served.awaitWaiting(1);

        assertThat(working.get(10, TimeUnit.SECONDS).status()).isEqualTo(504);
        assertThat(parts(working.get()).get("app")).isGreaterThan(200);
        assertThat(parts(waiting.get(10, TimeUnit.SECONDS))).containsKey("queue");
    }

    @Test
    void anAnswerWithoutAWayToAnInstanceHasNoParts() throws Exception {
        serveWith("on");

        Wire.Answer answer = Wire.ask(served.port(), "GET / HTTP/1.1\r\nHost: nobody\r\n\r\n");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Server-Timing")).isEmpty();
    }

    @Test
    void aRequestThatIsTriedAgainHasSpentItsTimeOnAllAttempts() throws Exception {
        try (Socket silent = new Socket()) {
            Target refusing = GatewayAccessLogTest.refusing(silent);
            served.publish(edit -> edit.targets(refusing));
            Future<Wire.Answer> answer = ask(Wire.get("/", ASKED));
            served.awaitWaiting(1);

            served.publish(served.instance(call -> call.answer("ok")));

            assertThat(parts(answer.get(10, TimeUnit.SECONDS)))
                    .containsOnlyKeys("queue", "connect", "app");
        }
    }

    @Test
    void callsOfGrpcAreToldToo() throws Exception {
        serveWith("on");
        served.publish();
        AtomicReference<Metadata> head = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", served.port())
                        .overrideAuthority(Served.HOST)
                        .usePlaintext()
                        .intercept(MetadataUtils.newCaptureMetadataInterceptor(head, trailers))
                        .build();
        GrpcPeer peer = new GrpcPeer();
        try {
            Future<String> answer = clients.submit(() -> call(channel));
            served.awaitWaiting(1);
            served.publish(edit -> edit.targets(peer.target()).h2c());
            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("you said hello");
            assertThat(head.get().get(SERVER_TIMING)).matches("start;dur=.*, app;dur=[0-9.]+");
            await().until(() -> requests("2xx", "grpc") == 1);

            served.publish(edit -> edit.targets(new Target[0]));
            Future<String> refused = clients.submit(() -> call(channel));
            served.awaitWaiting(1);
            served.publish(edit -> edit.unavailable("its image is gone"));
            assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS))
                    .hasMessageContaining("its image is gone");
            assertThat(trailers.get().get(SERVER_TIMING)).matches("start;dur=[0-9.]+");
        } finally {
            channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
            peer.close();
        }
    }

    @Test
    void http2IsToldToo() throws Exception {
        served.publish(served.instance(call -> call.answer("ok")));
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + served.port() + "/"))
                                    .header("Host", Served.HOST)
                                    .header("Dormouse-Server-Timing", "1")
                                    .build(),
                            BodyHandlers.ofString());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.headers().firstValue("Server-Timing").orElse(""))
                    .matches("connect;dur=[0-9.]+, app;dur=[0-9.]+");
        }
        await().until(() -> requests("2xx", "h2") == 1);
    }

    private static String call(ManagedChannel channel) {
        return ClientCalls.blockingUnaryCall(channel, GrpcPeer.UNARY, CallOptions.DEFAULT, "hello");
    }

    private double requests(String status, String protocol) {
        Counter counter =
                served.meters
                        .find("dormouse.gateway.requests")
                        .tags("container", "web", "status", status, "protocol", protocol)
                        .counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void theMetersTellTheParts() throws Exception {
        served.publish();
        assertThat(meters()).isEmpty();
        Future<Wire.Answer> answer = ask(Wire.get("/"));
        served.awaitWaiting(1);
        served.publish(served.instance(call -> call.answer("ok")));
        answer.get(10, TimeUnit.SECONDS);

        await().until(() -> meters().equals(Set.of("start", "connect", "app")));
        assertThat(
                        served.meters
                                .get("dormouse.gateway.part")
                                .tags("container", "web", "part", "start")
                                .timer()
                                .totalTime(TimeUnit.NANOSECONDS))
                .isPositive();
        served.gateway.withdraw(Served.CONTAINER);
        assertThat(meters()).isEmpty();
    }

    private Set<String> meters() {
        return served.meters.find("dormouse.gateway.part").timers().stream()
                .map(timer -> String.valueOf(timer.getId().getTag("part")))
                .collect(Collectors.toSet());
    }

    private void serveWith(String setting) throws IOException {
        served.close();
        served = new Served("SERVER_TIMING", setting);
        served.publish(served.instance(call -> call.answer("ok")));
    }

    private Instance held() throws IOException {
        return served.instance(call -> {
            awaitOpen();
            call.answer("held");
        });
    }

    private void awaitOpen() throws IOException {
        try {
            open.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Future<Wire.Answer> ask(String request) {
        return clients.submit(() -> Wire.ask(served.port(), request));
    }

    /** Time is what is measured here, so that some has to pass. */
    private static void letPass(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - until >= 0);
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    /** What the gateway's own header says: the last of them. */
    static Map<String, Double> parts(Wire.Answer answer) {
        String all = answer.header("Server-Timing");
        Map<String, Double> parts = new HashMap<>();
        for (String one : all.substring(all.lastIndexOf('|') + 1).split(", ", -1)) {
            String[] pair = one.split(";dur=", 2);
            if (pair.length == 2) {
                parts.put(pair[0], Double.valueOf(pair[1]));
            }
        }
        return parts;
    }
}
