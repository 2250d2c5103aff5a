package dev.dormouse.e2e;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Steady callers of one endpoint, each a thread that asks again as soon as it was answered. */
final class Load implements AutoCloseable {
    private static final int FAILURES_KEPT = 20;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers = new ArrayList<>();

    /** How many were answered 200, and what went wrong with the others. */
    record Result(int answered, int failed, List<String> failures) {}

    private Load() {}

    static Load on(DormouseProcess server, String host, String path, int callers) {
        Load load = new Load();
        for (int i = 0; i < callers; i++) {
            load.callers.add(Thread.ofVirtual().start(() -> load.call(server, host, path)));
        }
        return load;
    }

    private void call(DormouseProcess server, String host, String path) {
        while (!stop.get()) {
            try {
                HttpResponse<String> answer =
                        server.http()
                                .send(
                                        server.endpoint(host, path).build(),
                                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    answered.incrementAndGet();
                } else {
                    fail(answer.statusCode() + " " + answer.body());
                }
            } catch (IOException e) {
                fail(e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void fail(String what) {
        failed.incrementAndGet();
        if (failures.size() < FAILURES_KEPT) {
            failures.add(what);
        }
    }

    int answered() {
        return answered.get();
    }

    /** Lets every caller have its last answer. */
    Result finish() {
        stop.set(true);
        for (Thread caller : callers) {
            try {
                if (!caller.join(Duration.ofSeconds(60))) {
                    fail("a caller was never answered");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return new Result(answered.get(), failed.get(), List.copyOf(failures));
    }

    @Override
    public void close() {
        finish();
    }
}
