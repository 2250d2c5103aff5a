package dev.dormouse.testing;

import dev.dormouse.engine.Engine.Subscription;
import dev.dormouse.model.LogLine;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Delivers lines in order on a thread of its own. */
final class FakeLogs implements Subscription {
    private final Consumer<LogLine> sink;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("fake-logs").factory());
    private volatile boolean closed;

    FakeLogs(Consumer<LogLine> sink) {
        this.sink = sink;
    }

    synchronized void deliver(LogLine line) {
        if (!thread.isShutdown()) {
            thread.execute(() -> {
                if (!closed) {
                    sink.accept(line);
                }
            });
        }
    }

    synchronized void end() {
        thread.shutdown();
    }

    @Override
    public void close() {
        closed = true;
        end();
    }
}
