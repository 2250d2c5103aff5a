package dev.dormouse.simulation;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The program of {@code bench/simulate}: runs every policy on every kind of calls, prints a table
 * and draws it. What it prints and draws follows from its words alone; how long it took, which does
 * not, goes to the standard error.
 */
public final class Simulate {
    private static final double SECOND = 1e9;
    private static final double MICROSECOND = 1e3;

    /** Of the whole process: collecting garbage is a part of what a run takes. */
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Simulate() {}

    /**
     * Runs everything.
     *
     * @param words the sizes, as 10000,100000; the seed; hours left out; hours told of; the kinds
     *     of calls; the policies; where the drawing goes
     */
    public static void main(String[] words) throws IOException {
        Locale.setDefault(Locale.ROOT);
        int[] sizes = Arrays.stream(words[0].split(",")).mapToInt(Integer::parseInt).toArray();
        long seed = Long.parseLong(words[1]);
        Duration unseen = Duration.ofHours(Long.parseLong(words[2]));
        Duration seen = Duration.ofHours(Long.parseLong(words[3]));
        List<Scenario> scenarios =
                Arrays.stream(words[4].toUpperCase(Locale.ROOT).split(","))
                        .map(Scenario::valueOf)
                        .toList();
        List<Comparison> policies =
                Arrays.stream(words[5].toUpperCase(Locale.ROOT).split(","))
                        .map(Comparison::valueOf)
                        .toList();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.printf(
                "Simulated: seed %d, %d h told of after %d h left out; waiting times in ms%n%n%s",
                seed, seen.toHours(), unseen.toHours(), Report.HEAD);
        List<Chart.Bar> bars = new ArrayList<>();
        for (int count : sizes) {
            for (Scenario scenario : scenarios) {
                List<Profile> population = scenario.population(count, seed);
                for (Comparison policy : policies) {
                    Ledger ledger = timed(policy.over(population, seed, unseen, seen));
                    out.println(Report.line(count, scenario, policy, ledger));
                    bars.add(new Chart.Bar(count, scenario, policy, ledger));
                }
            }
        }
        Files.writeString(Path.of(words[6]), Chart.draw(bars));
    }

    private static Ledger timed(Simulation simulation) {
        long begin = PROCESS.getProcessCpuTime();
        Ledger ledger = simulation.run();
        long took = PROCESS.getProcessCpuTime() - begin;
        System.err.printf(
                "%.1f s of CPU time: %,d requests, %,d passes%s%n",
                took / SECOND,
                ledger.asked(),
                ledger.passes(),
                ledger.passes() == 0
                        ? ""
                        : ", %.2f us for a pass and what it was for"
                                .formatted(took / MICROSECOND / ledger.passes()));
        return ledger;
    }
}
