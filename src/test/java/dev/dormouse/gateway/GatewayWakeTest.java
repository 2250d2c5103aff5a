package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests to frozen instances wake them, once, and wait no longer than that takes. */
class GatewayWakeTest {
    private final Served served = new Served();
    private final List<String> woken = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> awake = new CompletableFuture<>();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    private Instance instance(String answer) throws IOException {
        return served.instance(call -> call.answer(answer));
    }

    private void wakeWhenTold() {
        served.waker =
                id -> {
                    woken.add(id);
                    return awake;
                };
    }

    @Test
    void manyRequestsWakeItOnceAndAreForwardedThen() throws Exception {
        Instance frozen = instance("awake");
        wakeWhenTold();
        served.publish(edit -> edit.targets(frozen).frozen(frozen));

        List<CompletableFuture<Wire.Answer>> answers =
                IntStream.range(0, 20).mapToObj(_ -> asked("/")).toList();
        served.awaitInFlight(20);
        assertThat(frozen.accepted()).isZero();
        awake.complete(null);

        for (CompletableFuture<Wire.Answer> answer : answers) {
            assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("awake");
        }
        assertThat(woken).containsExactly(frozen.target().instanceId());
    }

    @Test
    void oneThatIsAwakeIsPreferredAsLongAsItHasRoom() throws Exception {
        Instance awakeOne = instance("was awake");
        Instance frozen = instance("was frozen");
        wakeWhenTold();
        served.publish(edit -> edit.targets(awakeOne, frozen).frozen(frozen));

        for (int i = 0; i < 20; i++) {
            assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("was awake");
        }
        assertThat(woken).isEmpty();
    }

    @Test
    void aRouteFromBeforeDoesNotPutItToSleepAgain() throws Exception {
        Instance frozen = instance("x");
        wakeWhenTold();
        awake.complete(null);
        served.publish(edit -> edit.targets(frozen).frozen(frozen));
        Wire.ask(served.port(), Wire.get("/"));

        served.publish(edit -> edit.targets(frozen).frozen(frozen));
        Wire.ask(served.port(), Wire.get("/"));

        assertThat(woken).hasSize(1);
    }

    @Test
    void oneThatLeftAndCameBackFrozenIsWokenAgain() throws Exception {
        Instance instance = instance("x");
        wakeWhenTold();
        awake.complete(null);
        served.publish(instance);
        Wire.ask(served.port(), Wire.get("/"));
        served.awaitQuiet();
        served.publish();

        served.publish(edit -> edit.targets(instance).frozen(instance));

        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("x");
        assertThat(woken).hasSize(1);
    }

    @Test
    void oneThatComesBackWithARequestStillOnItCountsIt() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        Instance instance =
                served.instance(call -> {
                    if (call.line().contains("/slow")) {
                        awaited(answered);
                    }
                    call.answer("x");
                });
        wakeWhenTold();
        served.publish(instance);
        CompletableFuture<Wire.Answer> slow = asked("/slow");
        served.awaitInFlight(1);
        served.publish();

        served.publish(edit -> edit.targets(instance).frozen(instance));

        assertThat(served.traffic().inFlight()).isEqualTo(1);
        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("x");
        assertThat(woken).isEmpty();
        answered.countDown();
        assertThat(slow.get(10, TimeUnit.SECONDS).body()).isEqualTo("x");
    }

    @Test
    void oneThatTheLoopHasWokenIsNotWokenAgain() throws Exception {
        Instance instance = instance("x");
        wakeWhenTold();
        served.publish(edit -> edit.targets(instance).frozen(instance));

        served.publish(edit -> edit.targets(instance).frozen());

        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("x");
        assertThat(woken).isEmpty();
    }

    @Test
    void whereOneCannotBeWokenAnotherIsAsked() throws Exception {
        Instance broken = instance("broken");
        Instance next = instance("next");
        served.publish(edit -> edit.targets(broken).frozen(broken));
        served.waker = _ -> CompletableFuture.failedFuture(new IllegalStateException("stuck"));

        CompletableFuture<Wire.Answer> answer = asked("/");
        await().until(() -> served.pokes.get() > 0);
        served.publish(edit -> edit.targets(broken, next).frozen(broken));

        assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("next");
        assertThat(broken.accepted()).isZero();
    }

    @Test
    void whatCouldNotBeWokenIsTriedAgain() throws Exception {
        Instance frozen = instance("awake at last");
        served.waker =
                id -> {
                    woken.add(id);
                    return woken.size() < 3
                            ? CompletableFuture.failedFuture(new IllegalStateException("away"))
                            : awake;
                };
        served.publish(edit -> edit.targets(frozen).frozen(frozen));

        CompletableFuture<Wire.Answer> answer = asked("/");
        await().until(() -> woken.size() == 3);
        awake.complete(null);

        assertThat(answer.get(10, TimeUnit.SECONDS).body()).isEqualTo("awake at last");
        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("awake at last");
        assertThat(woken).hasSize(3);
    }

    @Test
    void whoIsRefusedOrAnsweredAsleepWakesNothing() throws Exception {
        Instance frozen = instance("x");
        wakeWhenTold();
        served.publish(edit ->
                edit.targets(frozen).frozen(frozen).tags("dormouse.asleep-answer=/healthz:204"));
        assertThat(Wire.ask(served.port(), Wire.get("/healthz")).status()).isEqualTo(204);

        served.publish(edit -> edit.isPrivate());
        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(403);

        assertThat(woken).isEmpty();
    }

    @Test
    void whatWakingTookIsAPartOfItsTime() throws Exception {
        Instance frozen = instance("x");
        wakeWhenTold();
        served.publish(edit -> edit.targets(frozen).frozen(frozen));

        CompletableFuture<Wire.Answer> answer = asked("/", "Dormouse-Server-Timing: 1");
        served.awaitInFlight(1);
        awake.complete(null);

        assertThat(answer.get(10, TimeUnit.SECONDS).header("server-timing"))
                .contains("wake;dur=")
                .doesNotContain("start;dur=");
    }

    private static void awaited(CountDownLatch what) throws IOException {
        try {
            assertThat(what.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private CompletableFuture<Wire.Answer> asked(String path, String... headers) {
        CompletableFuture<Wire.Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        answer.complete(Wire.ask(served.port(), Wire.get(path, headers)));
                    } catch (IOException e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }
}
