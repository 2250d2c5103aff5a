package dev.dormouse.doctor;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.engine.EngineReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Looks at all that a server needs of its machine, one thing after another. */
public final class Doctor {
    private static final String SOME_REGION = "fr-par";
    private static final Duration JUMP_MOST = Duration.ofSeconds(1);

    private final List<Check> checks;
    private final InstantSource clock;

    private Doctor(List<Check> checks, InstantSource clock) {
        this.checks = List.copyOf(checks);
        this.clock = clock;
    }

    /**
     * A doctor for the server with these settings.
     *
     * @param engineHost the engine's URL
     * @param engine asks the engine; throws an {@link dev.dormouse.engine.EngineException} when it
     *     does not answer
     */
    public static Doctor of(
            ServerSettings server,
            String engineHost,
            Supplier<EngineReport> engine,
            InstantSource clock) {
        RunningServer running = new RunningServer(server.dataDir(), server.apiListen());
        List<Check> checks = new ArrayList<>();
        checks.add(new EngineCheck(engineHost, engine, clock));
        checks.add(new KernelCheck(Path.of("/")));
        checks.add(new DataCheck(server.dataDir()));
        checks.add(
                new PortCheck(
                        "API port", "DORMOUSE_API_LISTEN", server.apiListen(), running::isUp));
        checks.add(
                new PortCheck(
                        "gateway port",
                        "DORMOUSE_GATEWAY_LISTEN",
                        server.gatewayListen(),
                        running::isUp));
        server.tlsListen()
                .ifPresent(listen ->
                        checks.add(
                                new PortCheck(
                                        "TLS port",
                                        "DORMOUSE_GATEWAY_TLS_LISTEN",
                                        listen,
                                        running::isUp)));
        checks.add(new DomainCheck(server.endpoints().hostOf("doctor", SOME_REGION)));
        return new Doctor(checks, clock);
    }

    /** Everything that was found, in a fixed order. */
    List<Finding> examine() {
        Instant begun = clock.instant();
        long begunNanos = System.nanoTime();
        List<Finding> findings = new ArrayList<>();
        checks.forEach(check -> findings.addAll(check.look()));
        Duration jump =
                Duration.between(begun, clock.instant()).minusNanos(System.nanoTime() - begunNanos);
        if (jump.abs().compareTo(JUMP_MOST) > 0) {
            findings.add(
                    new Finding.Warning(
                            "clock",
                            "it jumped by %d ms meanwhile".formatted(jump.toMillis()),
                            "let one program set it, slowly: chronyd, ntpd or systemd-timesyncd"));
        }
        return findings;
    }
}
