package dev.dormouse.e2e;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls an endpoint so many times a second, whether the calls before were answered or not, and
 * keeps when each one that failed began and ended.
 */
final class ChaosLoad {
    private final DormouseProcess server;
    private final String host;
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();

    /** A call that was not answered with 200, by {@link System#nanoTime}. */
    record Failure(String host, long began, long ended, String what) {}

    private ChaosLoad(DormouseProcess server, String host) {
        this.server = server;
        this.host = host;
    }

    static ChaosLoad on(DormouseProcess server, String host, int perSecond) {
        ChaosLoad load = new ChaosLoad(server, host);
        var _ =
                load.pace.scheduleAtFixedRate(
                        load::call,
                        0,
                        Duration.ofSeconds(1).toNanos() / perSecond,
                        TimeUnit.NANOSECONDS);
        return load;
    }

    private void call() {
        long began = System.nanoTime();
        open.incrementAndGet();
        sent.incrementAndGet();
        var _ =
                server.http()
                        .sendAsync(
                                server.endpoint(host, "/").build(),
                                HttpResponse.BodyHandlers.ofString())
                        .handle((answer, error) -> {
                            open.decrementAndGet();
                            if (error != null) {
                                fail(began, error.toString());
                            } else if (answer.statusCode() != 200) {
                                fail(began, answer.statusCode() + " " + answer.body().strip());
                            }
                            return null;
                        });
    }

    private void fail(long began, String what) {
        failures.add(new Failure(host, began, System.nanoTime(), what));
    }

    int sent() {
        return sent.get();
    }

    /** Sends no more and waits for the answers still to come. */
    List<Failure> finish() {
        pace.shutdownNow();
        long until = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (open.get() > 0 && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        List<Failure> all = new ArrayList<>(failures);
        if (open.get() > 0) {
            long now = System.nanoTime();
            all.add(new Failure(host, now, now, open.get() + " calls were never answered"));
        }
        return all;
    }
}
