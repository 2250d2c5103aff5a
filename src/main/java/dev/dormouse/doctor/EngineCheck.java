package dev.dormouse.doctor;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineReport;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The engine: whether it answers, how old it is, what it can limit, what time it is there. */
final class EngineCheck implements Check {
    private static final String ABOUT = "engine";
    private static final Duration SKEW_MOST = Duration.ofSeconds(2);

    private final String host;
    private final Supplier<EngineReport> ask;
    private final InstantSource clock;

    /**
     * @param host the engine's URL
     * @param ask asks it; throws {@link EngineException} when it does not answer
     */
    EngineCheck(String host, Supplier<EngineReport> ask, InstantSource clock) {
        this.host = host;
        this.ask = ask;
        this.clock = clock;
    }

    @Override
    public List<Finding> look() {
        EngineReport report;
        Instant asked = clock.instant();
        try {
            report = ask.get();
        } catch (EngineException e) {
            return List.of(
                    new Finding.Failure(
                            ABOUT, "%s: %s".formatted(host, e.getMessage()), whyNotReached()));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(age(report));
        findings.add(limits(report));
        findings.add(storage(report));
        findings.add(restarts(report));
        findings.add(sleep(report));
        findings.add(SwapAdvice.of(report));
        findings.add(starts(report));
        findings.add(filter(report));
        findings.add(GvisorAdvice.of(report.gvisor()));
        report.warnings()
                .forEach(one ->
                        findings.add(
                                new Finding.Warning(
                                        ABOUT, one, "the engine itself warns of this")));
        findings.add(clock(report, asked, clock.instant()));
        findings.addAll(new SpaceCheck("engine's disk", Path.of(report.root())).look());
        return findings;
    }

    private String whyNotReached() {
        URI uri = URI.create(host);
        if (!"unix".equals(uri.getScheme())) {
            return "start the engine there, or set DORMOUSE_DOCKER_HOST";
        }
        Path socket = Path.of(uri.getPath());
        if (!Files.exists(socket)) {
            return "start the engine (sudo ./dormouse up installs one on Debian and Ubuntu), or set"
                    + " DORMOUSE_DOCKER_HOST to where it listens";
        }
        if (!Files.isWritable(socket)) {
            return "%s may not be used by %s: sudo usermod -aG docker %s, then log in again"
                    .formatted(
                            socket,
                            System.getProperty("user.name"),
                            System.getProperty("user.name"));
        }
        return "look at the engine's log (journalctl -u docker), and restart it";
    }

    private static Finding age(EngineReport report) {
        String says = "%s, API %s".formatted(report.description(), report.apiVersion());
        return report.isNewEnough()
                ? new Finding.Ok(ABOUT, says)
                : new Finding.Failure(ABOUT, says, "install Docker Engine 20.10 or newer");
    }

    private static Finding limits(EngineReport report) {
        return report.unbound().isEmpty()
                ? new Finding.Ok("limits", "memory, CPU and processes of instances are limited")
                : new Finding.Failure(
                        "limits",
                        "the engine cannot limit " + String.join(", ", report.unbound()),
                        "switch the cgroup controllers on for it; without root, delegate them to"
                                + " its user");
    }

    private static Finding storage(EngineReport report) {
        return report.storageLimit()
                ? new Finding.Ok("storage", "the engine's storage can limit what instances write")
                : new Finding.Warning(
                        "storage",
                        "the engine's storage cannot limit what instances write",
                        "put the engine's data on XFS mounted with pquota to have"
                                + " local_storage_limit_bytes enforced by the engine");
    }

    private static Finding restarts(EngineReport report) {
        return report.outlived()
                ? new Finding.Ok("live-restore", "instances outlive a restart of the engine")
                : new Finding.Warning(
                        "live-restore",
                        "instances stop when the engine does",
                        "put \"live-restore\": true into /etc/docker/daemon.json and reload the"
                                + " engine");
    }

    private static Finding sleep(EngineReport report) {
        return report.freezesDirectly()
                ? new Finding.Ok("sleep", "idle instances are frozen without asking the engine")
                : new Finding.Warning(
                        "sleep",
                        "idle instances are frozen by the engine's pause, so that waking one takes"
                                + " some ten milliseconds",
                        "let the server write to the engine's cgroups, as root beside it can");
    }

    private static Finding starts(EngineReport report) {
        return report.networksAhead()
                ? new Finding.Ok("cold starts", "instances find their network ready")
                : new Finding.Ok(
                        "cold starts",
                        "the network of each instance is made while it starts"
                                + " (DORMOUSE_DOCKER_SANDBOXES is 0, this engine's machine is not"
                                + " here, x86-64 or arm64, or its runtime has its own network)");
    }

    private static Finding filter(EngineReport report) {
        return report.seccomp()
                ? new Finding.Ok("seccomp", "the system calls of instances are filtered")
                : new Finding.Warning(
                        "seccomp",
                        "the engine does not filter the system calls of instances",
                        "use a kernel and an engine with seccomp");
    }

    /** What lies between question and answer is no difference. */
    private static Finding clock(EngineReport report, Instant asked, Instant answered) {
        if (report.now().isEmpty()) {
            return new Finding.Warning(
                    "clock", "the engine does not tell its time", "compare the clocks yourself");
        }
        Instant there = report.now().get();
        Instant here = there.isBefore(asked) ? asked : there.isAfter(answered) ? answered : there;
        Duration skew = Duration.between(there, here);
        return skew.abs().compareTo(SKEW_MOST) <= 0
                ? new Finding.Ok(
                        "clock", "the engine's differs by %d ms".formatted(skew.toMillis()))
                : new Finding.Failure(
                        "clock",
                        "the engine's differs by %d s".formatted(skew.toSeconds()),
                        "let both machines follow NTP: logs are fetched by time, and keys expire by"
                                + " it");
    }
}
