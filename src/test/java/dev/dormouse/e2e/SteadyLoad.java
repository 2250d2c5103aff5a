package dev.dormouse.e2e;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * So many requests each second, whether the ones before were answered or not; but never more under
 * way than one instance takes, so that none has to wait for a second instance.
 */
final class SteadyLoad implements AutoCloseable {
    private static final int UNDER_WAY_MAX = 40;
    private static final int FAILURES_KEPT = 20;

    private final DormouseProcess server;
    private final String host;
    private final String path;
    private final Semaphore room = new Semaphore(UNDER_WAY_MAX);
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Thread pacer;
    private volatile boolean stopped;

    private SteadyLoad(DormouseProcess server, String host, String path, int perSecond) {
        this.server = server;
        this.host = host;
        this.path = path;
        this.pacer = Thread.ofPlatform().start(() -> pace(perSecond));
    }

    static SteadyLoad on(DormouseProcess server, String host, String path, int perSecond) {
        return new SteadyLoad(server, host, path, perSecond);
    }

    private void pace(int perSecond) {
        long gap = Duration.ofSeconds(1).toNanos() / perSecond;
        long next = System.nanoTime();
        while (!stopped) {
            room.acquireUninterruptibly();
            Thread.ofVirtual().start(this::call);
            next = Math.max(next + gap, System.nanoTime() - Duration.ofSeconds(1).toNanos());
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void call() {
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
        } catch (IOException | RuntimeException e) {
            fail(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            room.release();
        }
    }

    private void fail(String what) {
        if (failures.size() < FAILURES_KEPT) {
            failures.add(what);
        }
    }

    int answered() {
        return answered.get();
    }

    /** What went wrong, once every request that was sent is over. */
    List<String> finish() {
        stopped = true;
        try {
            pacer.join();
            room.acquire(UNDER_WAY_MAX);
            room.release(UNDER_WAY_MAX);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        finish();
    }
}
