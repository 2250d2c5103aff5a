package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.model.Route.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that fails costs a request only what it must. */
class GatewayRetryTest {
    private final Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void aRefusedConnectionIsTriedOnAnotherInstance() throws IOException {
        Instance good = served.instance(call -> call.answer("good"));
        served.publish(edit -> edit.targets(nobody(), good.target()));

        for (int i = 0; i < 20; i++) {
            assertThat(Wire.ask(served.port(), Wire.get("/" + i)).body()).isEqualTo("good");
        }
        served.awaitQuiet();
    }

    @Test
    void whereNobodyListensTheAnswerIs502WithTheCause() throws IOException {
        served.publish(edit -> edit.targets(nobody()));

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/"));

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("instance_unreachable");
        served.awaitQuiet();
    }

    @Test
    void aRequestThatMayHaveBeenWorkedOnIsNotRepeated() throws IOException {
        Instance dying = served.instance(call -> call.socket().close());
        served.publish(dying);

        Wire.Answer answer = Wire.ask(served.port(), Wire.post("order"));

        assertThat(answer.status()).isEqualTo(502);
        assertThat(dying.requests()).isEqualTo(1);
        served.awaitQuiet();
    }

    @Test
    void aKeptConnectionThatTheInstanceClosedCostsNobodyAnything() throws IOException {
        Instance closing =
                served.instance(call -> {
                    call.answer("once");
                    call.socket().close();
                });
        served.publish(closing);

        for (int i = 0; i < 50; i++) {
            assertThat(Wire.ask(served.port(), Wire.get("/" + i)).status()).isEqualTo(200);
        }
        served.awaitQuiet();
    }

    @Test
    void aKeptConnectionThatTheInstanceClosedCostsNoPostAnything() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        Instance closing =
                served.instance(call -> {
                    Wire.exactly(call.in(), 5);
                    call.answer("once");
                    call.socket().close();
                    closed.incrementAndGet();
                });
        served.publish(closing);

        for (int i = 1; i <= 500; i++) {
            assertThat(Wire.ask(served.port(), Wire.post("order")).status())
                    .as("request " + i)
                    .isEqualTo(200);
            while (closed.get() < i) {
                Thread.onSpinWait();
            }
        }
        assertThat(closing.requests()).isEqualTo(500);
        served.awaitQuiet();
    }

    @Test
    void aRequestThatKillsConnectionsIsNotRepeatedWithoutEnd() throws Exception {
        CountDownLatch together = new CountDownLatch(20);
        Instance instance =
                served.instance(call -> {
                    if (call.line().contains("poison")) {
                        call.socket().close();
                        return;
                    }
                    together.countDown();
                    hold(together);
                    call.answer("ok");
                });
        served.publish(instance);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Wire.Answer>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(clients.submit(() -> Wire.ask(served.port(), Wire.get("/"))));
            }
            for (Future<Wire.Answer> answer : answers) {
                assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            }
        }

        assertThat(Wire.ask(served.port(), Wire.get("/poison")).status()).isEqualTo(502);
        assertThat(instance.requests()).isLessThanOrEqualTo(20 + 2);
    }

    @Test
    void whoeverBreaksRequestsOffIsAskedAfterTheOthers() throws IOException {
        Instance breaking = served.instance(call -> call.socket().close());
        Instance good = served.instance(call -> call.answer("good"));
        served.publish(edit -> edit.targets(breaking.target(), good.target()));
        while (breaking.requests() < 3) {
            Wire.ask(served.port(), Wire.post("x"));
        }

        for (int i = 0; i < 20; i++) {
            assertThat(Wire.ask(served.port(), Wire.post("x")).status()).isEqualTo(200);
        }
        served.publish(breaking);
        assertThat(Wire.ask(served.port(), Wire.post("x")).status()).isEqualTo(502);
        assertThat(breaking.requests()).isEqualTo(4);
        served.awaitQuiet();
    }

    @Test
    void retriesHaveABudget() throws IOException {
        int broken = 500;
        try (Served one = new Served("EVENT_LOOPS", "1")) {
            Instance fickle =
                    one.instance(call -> {
                        if (call.line().contains("break")) {
                            call.socket().close();
                        } else {
                            call.answer("ok");
                        }
                    });
            one.publish(fickle);

            for (int i = 0; i < broken; i++) {
                assertThat(Wire.ask(one.port(), Wire.get("/")).status()).isEqualTo(200);
                assertThat(Wire.ask(one.port(), Wire.get("/break")).status()).isEqualTo(502);
            }

            assertThat(fickle.requests() - 2 * broken).isBetween(100, 100 + 2 * broken / 5);
        }
    }

    @Test
    void connectionsToInstancesAreKept() throws IOException {
        Instance instance = served.instance(call -> call.answer("ok"));
        served.publish(instance);

        for (int i = 0; i < 50; i++) {
            Wire.ask(served.port(), Wire.get("/"));
        }

        assertThat(instance.accepted()).isLessThanOrEqualTo(2);
    }

    @Test
    void instancesTakeEachOthersPlaceUnderLoadWithNoFailedRequest() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Instance current = served.instance(call -> call.answer("0"));
        served.publish(current);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                callers.add(clients.submit(() -> callUntil(stop)));
            }
            for (int version = 1; version <= 20; version++) {
                String text = Integer.toString(version);
                Instance next = served.instance(call -> call.answer(text));
                Instance old = current;
                served.publish(next);
                await().until(() -> next.requests() > 0);
                await().until(() -> served.traffic().on(old.target().instanceId()) == 0);
                old.close();
                current = next;
            }
            stop.set(true);
            for (Future<Integer> caller : callers) {
                assertThat(caller.get(30, TimeUnit.SECONDS)).as("answers other than 200").isZero();
            }
        }
        served.awaitQuiet();
    }

    private static void hold(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private int callUntil(AtomicBoolean stop) throws IOException {
        int failed = 0;
        while (!stop.get()) {
            failed += Wire.ask(served.port(), Wire.get("/")).status() == 200 ? 0 : 1;
        }
        return failed;
    }

    /** An instance whose process does not listen. */
    private static Target nobody() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new Target("nobody", "127.0.0.1", socket.getLocalPort());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
