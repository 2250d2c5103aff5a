package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.dormouse.model.Route;
import dev.dormouse.model.Route.Target;
import dev.dormouse.model.Traffic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the gateway counts, and what it makes of the routes that it is given. */
class GatewayTrafficTest {
    private final Served served = new Served();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void stop() throws IOException {
        open.countDown();
        clients.shutdownNow();
        served.close();
    }

    @Test
    void thePeakAndTheArrivalsOfAPeriodAreToldAtItsEnd() throws Exception {
        served.publish(served.instance(call -> call.answer("ok")));
        for (int i = 0; i < 7; i++) {
            assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(200);
        }

        Traffic period = served.traffic();

        assertThat(period.peak()).isPositive();
        assertThat(period.started()).isEqualTo(7);
        assertThat(served.traffic().started()).isZero();
    }

    @Test
    void thePeakIsNeverBelowWhatIsInsideNow() throws Exception {
        Instance busy = held();
        served.publish(edit -> edit.concurrency(2).targets(busy));
        ask(5);
        served.awaitWaiting(3);
        served.awaitInFlight(2);

        assertThat(served.traffic().peak()).isEqualTo(5);
        assertThat(served.traffic().peak()).isEqualTo(5);
    }

    @Test
    void whoeverWaitsIsServedInTheOrderOfArrival() throws Exception {
        served.publish();
        List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Future<Wire.Answer>> answers = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            String path = "/" + i;
            answers.add(clients.submit(() -> Wire.ask(served.port(), Wire.get(path))));
            served.awaitWaiting(i);
        }

        Instance one =
                served.instance(call -> {
                    order.add(call.line().split(" ", 3)[1]);
                    call.answer("ok");
                });
        served.publish(edit -> edit.concurrency(1).targets(one));

        for (Future<Wire.Answer> answer : answers) {
            assertThat(answer.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        assertThat(order).hasSize(20).first().isEqualTo("/1");
        assertThat(order).last().isEqualTo("/20");
        assertThat(order.stream().map(p -> Integer.parseInt(p.substring(1)))).isSorted();
    }

    @Test
    void anInstanceThatIsTakenOutGetsNothingNewAndIsCountedUntilItIsDone() throws Exception {
        Instance old = held();
        served.publish(old);
        Future<Wire.Answer> onOld = ask(1).getFirst();
        served.awaitInFlight(1);

        served.publish(served.instance(call -> call.answer("new")));

        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("new");
        assertThat(served.traffic().on(old.target().instanceId())).isEqualTo(1);
        open.countDown();
        assertThat(onOld.get(10, TimeUnit.SECONDS).body()).isEqualTo("held");
        await().until(() -> served.traffic().on(old.target().instanceId()) == 0);
        assertThat(old.requests()).isEqualTo(1);
    }

    @Test
    void anOlderRouteIsIgnored() throws Exception {
        Instance current = served.instance(call -> call.answer("current"));
        served.publish(current).publish(current);
        Target stale = served.instance(call -> call.answer("stale")).target();

        Route older = new RouteEdit(Served.route()).targets(stale).version(2).route();
        served.gateway.publish(older);

        assertThat(Wire.ask(served.port(), Wire.get("/")).body()).isEqualTo("current");
    }

    @Test
    void theLeastLoadedInstanceIsChosen() throws Exception {
        Instance first = held();
        Instance second = held();
        served.publish(edit -> edit.concurrency(4).targets(first, second));

        ask(8);
        served.awaitInFlight(8);

        Traffic traffic = served.traffic();
        assertThat(traffic.on(first.target().instanceId())).isEqualTo(4);
        assertThat(traffic.on(second.target().instanceId())).isEqualTo(4);
        assertThat(traffic.waiting()).isZero();
    }

    @Test
    void manyThatComeAndLeaveAtOnceLeaveTheCountsAtZero() throws Exception {
        served.publish(edit -> edit.concurrency(2).queue(1_000));
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            boolean stays = i % 2 == 0;
            all.add(CompletableFuture.runAsync(() -> comeAndMaybeLeave(stays), clients));
        }
        await().until(() -> served.traffic().waiting() >= 100);

        for (int i = 0; i < 20; i++) {
            served.publish(served.instance(call -> call.answer("ok")));
        }

        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        served.awaitQuiet();
        served.traffic();
        assertThat(served.traffic().peak()).isZero();
    }

    @Test
    void theMetersOfAContainerCountAndGoWithIt() throws Exception {
        Instance busy = held();
        served.publish(edit -> edit.targets(busy).queue(0).concurrency(1));
        Future<Wire.Answer> inside = ask(1).getFirst();
        served.awaitInFlight(1);
        assertThat(gauge("dormouse.gateway.in.flight")).isEqualTo(1);
        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(503);
        open.countDown();
        inside.get(10, TimeUnit.SECONDS);

        await().until(() -> requests("2xx") == 1 && requests("5xx") == 1);
        assertThat(
                        served.meters
                                .get("dormouse.gateway.refusals")
                                .tags("container", "web", "cause", "queue_full")
                                .counter()
                                .count())
                .isEqualTo(1);

        served.gateway.withdraw(Served.CONTAINER);
        assertThat(served.meters.getMeters())
                .noneMatch(meter -> "web".equals(meter.getId().getTag("container")));
    }

    private Instance held() throws IOException {
        return served.instance(call -> {
            try {
                open.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            call.answer("held");
        });
    }

    private List<Future<Wire.Answer>> ask(int count) {
        List<Future<Wire.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(clients.submit(() -> Wire.ask(served.port(), Wire.get("/"))));
        }
        return answers;
    }

    private void comeAndMaybeLeave(boolean stays) {
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/"));
            if (stays) {
                assertThat(wire.read().status()).isEqualTo(200);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private double gauge(String name) {
        return served.meters.get(name).tags("container", "web").gauge().value();
    }

    private double requests(String status) {
        return served.meters
                .get("dormouse.gateway.requests")
                .tags("container", "web", "status", status)
                .counter()
                .count();
    }
}
