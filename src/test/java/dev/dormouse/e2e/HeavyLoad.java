package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A thousand requests a second by h2load, a program of its own, in rounds of HTTP/1.1 and HTTP/2
 * until it is told to finish.
 */
final class HeavyLoad implements AutoCloseable {
    private static final int CLIENTS = 50;
    private static final int PER_CLIENT_AND_SECOND = 20;
    private static final int PER_ROUND = 3_000;
    private static final long ROUND_SECONDS_MAX = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(ROUND_SECONDS_MAX + 10);
    private static final List<String> PROTOCOLS = List.of("http/1.1", "h2c");
    private static final Pattern RATE = Pattern.compile("finished in [^,]*, ([0-9.]+) req/s");

    private final DormouseProcess server;
    private final String host;
    private final String path;
    private final Queue<String> rounds = new ConcurrentLinkedQueue<>();
    private final Thread runner;
    private volatile boolean stopped;

    private HeavyLoad(DormouseProcess server, String host, String path) {
        this.server = server;
        this.host = host;
        this.path = path;
        this.runner = Thread.ofVirtual().start(this::run);
    }

    static HeavyLoad on(DormouseProcess server, String host, String path) {
        return new HeavyLoad(server, host, path);
    }

    private void run() {
        for (int round = 0; !stopped; round++) {
            try {
                rounds.add(round(PROTOCOLS.get(round % PROTOCOLS.size())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private String round(String protocol) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                "h2load",
                                "--requests=" + PER_ROUND,
                                "--clients=" + CLIENTS,
                                "--rps=" + PER_CLIENT_AND_SECOND,
                                "--no-tls-proto=" + protocol,
                                "--header=:authority: " + host,
                                "http://127.0.0.1:" + server.gatewayPort() + path)
                        .redirectErrorStream(true)
                        .start();
        try {
            // what is said fits into the pipe
            if (!process.waitFor(ROUND_SECONDS_MAX, TimeUnit.SECONDS)) {
                return "the round did not end";
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    /** How many rounds have ended. */
    int rounds() {
        return rounds.size();
    }

    /** Ends with the round that runs; every request of every round must have been answered 200. */
    void finishWithoutOneLost() {
        close();
        assertThat(rounds)
                .isNotEmpty()
                .allSatisfy(said -> {
                    assertThat(said)
                            .contains(PER_ROUND + " succeeded, 0 failed, 0 errored, 0 timeout");
                    assertThat(said).contains("status codes: " + PER_ROUND + " 2xx");
                });
        assertThat(rounds.stream().mapToDouble(HeavyLoad::rate).max().orElseThrow())
                .as("requests a second in the best round, whatever else the machine does")
                .isGreaterThan(0.5 * CLIENTS * PER_CLIENT_AND_SECOND);
    }

    private static double rate(String said) {
        Matcher matcher = RATE.matcher(said);
        assertThat(matcher.find()).as("%s", said).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    @Override
    public void close() {
        stopped = true;
        try {
            assertThat(runner.join(PATIENCE)).as("the last round has ended").isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
