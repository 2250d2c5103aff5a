package dev.dormouse.api;

import dev.dormouse.model.LogLine;
import dev.dormouse.store.Store;
import dev.dormouse.telemetry.ContainerLogs;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a container's processes wrote. Whoever follows is sent new lines through a bounded queue: a
 * reader too slow for it is told how many lines it missed, and keeps nobody else waiting.
 */
final class LogsView {
    private static final int QUEUE_MAX = 10_000;
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Store store;
    private final ContainerLogs logs;
    private final Semaphore followers;

    LogsView(Store store, ContainerLogs logs, int followersMax) {
        this.store = store;
        this.logs = logs;
        this.followers = new Semaphore(followersMax);
    }

    Answer get(Request request) {
        UUID id = request.id("container_id");
        store.read(tables -> Desk.containerOfAnyRegion(tables, request, id));
        int lines = request.query().integer("lines").orElseThrow();
        boolean isFollowed = request.query().text("follow").orElseThrow().equals("true");
        if (!isFollowed) {
            return new Answer.Lines(
                    sink -> logs.tail(id, lines).forEach(line -> sink.accept(entry(line))));
        }
        return new Answer.Lines(sink -> {
            if (!followers.tryAcquire()) {
                throw Problem.tooManyRequests("as many as are allowed follow logs already");
            }
            try {
                sink.accept(new Answer.Line.Heartbeat());
                follow(id, lines, sink);
            } finally {
                followers.release();
            }
        });
    }

    private void follow(UUID id, int lines, Consumer<Answer.Line> sink) {
        BlockingQueue<LogLine> queue = new ArrayBlockingQueue<>(QUEUE_MAX + lines);
        AtomicInteger missed = new AtomicInteger();
        try (ContainerLogs.Following _ =
                logs.follow(
                        id,
                        lines,
                        line -> {
                            if (!queue.offer(line)) {
                                missed.incrementAndGet();
                            }
                        })) {
            while (true) {
                LogLine line = queue.poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
                sink.accept(
                        Optional.ofNullable(line)
                                .<Answer.Line>map(LogsView::entry)
                                .orElseGet(Answer.Line.Heartbeat::new));
                int lost = missed.getAndSet(0);
                if (lost > 0 && line != null) {
                    sink.accept(missedEntry(line, lost));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer.Line entry(LogLine line) {
        return new Answer.Line.Entry(json(line, line.stream(), line.text()));
    }

    private static Answer.Line missedEntry(LogLine after, int lost) {
        return new Answer.Line.Entry(
                json(
                        after,
                        "dormouse",
                        "%d lines are missing here, for they were not read fast enough"
                                .formatted(lost)));
    }

    private static ObjectNode json(LogLine line, String stream, String text) {
        return Json.object()
                .put("at", line.at().toString())
                .put("instance", line.instanceId())
                .put("stream", stream)
                .put("message", text);
    }
}
