package dev.dormouse.telemetry;

import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lets so many lines a second of one instance through, and some seconds' worth at once; what is
 * more is dropped and counted, until a second has passed, and a line says how many those were.
 * Whoever writes still faster is made to wait, which slows the reading from the engine: so a flood
 * costs neither disk nor memory, and no more than a share of a processor.
 *
 * <p>For one instance's lines, one at a time.
 */
final class LogRate {
    static final int BURST_SECONDS = 10;

    /** A line of so many characters counts as one, a longer one as several. */
    static final int LINE_LENGTH = 1_024;

    /** So many times the lines that are kept are read at most. */
    static final int READ_PER_KEPT = 2;

    private static final int LINES_PER_PAUSE = 100;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final int linesPerSecond;
    private final LongSupplier nanoTime;
    private final Consumer<Duration> pause;
    private final Consumer<LogLine> sink;
    private double room;
    private long seenAt;
    private long resumeAt;
    private long dropped;

    /**
     * @param nanoTime a clock that nobody sets
     * @param pause keeps the writer waiting
     * @param sink takes the lines that are let through
     */
    LogRate(
            int linesPerSecond,
            LongSupplier nanoTime,
            Consumer<Duration> pause,
            Consumer<LogLine> sink) {
        this.linesPerSecond = linesPerSecond;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.sink = sink;
        this.room = (double) linesPerSecond * BURST_SECONDS;
        this.seenAt = nanoTime.getAsLong();
    }

    void take(LogLine line) {
        long now = nanoTime.getAsLong();
        room =
                Math.min(
                        (double) linesPerSecond * BURST_SECONDS,
                        room + (double) (now - seenAt) / SECOND * linesPerSecond);
        seenAt = now;
        if (dropped > 0 && now < resumeAt) {
            drop();
            return;
        }
        double cost = 1 + (double) line.text().length() / LINE_LENGTH;
        if (cost > room) {
            resumeAt = now + SECOND;
            drop();
            return;
        }
        tellOfDropped(line);
        room -= cost;
        sink.accept(line);
    }

    private void drop() {
        dropped++;
        if (dropped % LINES_PER_PAUSE == 0) {
            pause.accept(
                    Duration.ofNanos(
                            LINES_PER_PAUSE * SECOND / ((long) READ_PER_KEPT * linesPerSecond)));
        }
    }

    private void tellOfDropped(LogLine next) {
        if (dropped > 0) {
            sink.accept(
                    new LogLine(
                            next.at(),
                            next.instanceId(),
                            next.stream(),
                            "[dormouse: %d lines dropped, more than %d a second]"
                                    .formatted(dropped, linesPerSecond)));
            dropped = 0;
        }
    }
}
