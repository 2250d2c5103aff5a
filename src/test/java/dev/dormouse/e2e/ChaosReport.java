package dev.dormouse.e2e;

import dev.dormouse.e2e.ChaosFaults.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What happened in a run: which faults, what they cost, and what was lost without one. */
final class ChaosReport {
    /** A call that began or ended so shortly beside a fault still met it. */
    private static final long MARGIN_NANOS = Duration.ofSeconds(1).toNanos();

    private static final int LOST_SHOWN = 20;

    private final long seed;
    private final Duration length;
    private final List<Window> windows = new ArrayList<>();
    private final Map<Fault, LongSummaryStatistics> faults = new EnumMap<>(Fault.class);
    private final List<ChaosLoad.Failure> failures = new ArrayList<>();
    private final Map<String, Integer> writes = new TreeMap<>();
    private long calls;

    private record Window(Fault fault, long began, long ended) {}

    ChaosReport(long seed, Duration length) {
        this.seed = seed;
        this.length = length;
    }

    void happened(Fault fault, long began, long ended) {
        windows.add(new Window(fault, began, ended));
        faults.computeIfAbsent(fault, _ -> new LongSummaryStatistics())
                .accept(Duration.ofNanos(ended - began).toMillis());
    }

    void calls(int sent, List<ChaosLoad.Failure> failed) {
        calls += sent;
        failures.addAll(failed);
    }

    void writes(Map<String, AtomicInteger> counts) {
        counts.forEach((kind, count) -> writes.merge(kind, count.get(), Integer::sum));
    }

    /** Calls that failed while nothing was wrong that may be felt. */
    List<String> lost() {
        return failures.stream()
                .filter(failure -> windows.stream().noneMatch(window -> excuses(window, failure)))
                .map(failure ->
                        "a call to %s failed outside every window, %s: %s"
                                .formatted(failure.host(), nearest(failure), failure.what()))
                .toList();
    }

    private static boolean excuses(Window window, ChaosLoad.Failure failure) {
        return window.fault().isFelt
                && failure.ended() >= window.began() - MARGIN_NANOS
                && failure.began() <= window.ended() + MARGIN_NANOS;
    }

    private String nearest(ChaosLoad.Failure failure) {
        return windows.stream()
                .filter(window ->
                        failure.ended() >= window.began() && failure.began() <= window.ended())
                .findFirst()
                .map(window -> "during " + window.fault())
                .orElse("while nothing was wrong");
    }

    void write(Path file, List<String> broken) {
        StringBuilder text = new StringBuilder();
        text.append(
                "seed %d, %d min, %d faults, %d calls, %d of them failed, %d lost%n%n"
                        .formatted(
                                seed,
                                length.toMinutes(),
                                windows.size(),
                                calls,
                                failures.size(),
                                lost().size()));
        text.append(
                "| fault | calls may fail | times | until all was served again: mean | longest |\n");
        text.append("|---|---|---|---|---|\n");
        faults.forEach((fault, times) ->
                text.append(
                        "| %s | %s | %d | %.1f s | %.1f s |%n"
                                .formatted(
                                        fault.name()
                                                .toLowerCase(java.util.Locale.ROOT)
                                                .replace('_', ' '),
                                        fault.isFelt ? "yes" : "no",
                                        times.getCount(),
                                        times.getAverage() / 1000,
                                        times.getMax() / 1000.0)));
        text.append("\n| writes | |\n|---|---|\n");
        writes.forEach((kind, count) -> text.append("| %s | %d |%n".formatted(kind, count)));
        text.append(broken.isEmpty() ? "\nEvery promise held.\n" : "\nBroken:\n");
        broken.stream()
                .limit(LOST_SHOWN)
                .forEach(one -> text.append("- ").append(one).append('\n'));
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println(text);
    }
}
