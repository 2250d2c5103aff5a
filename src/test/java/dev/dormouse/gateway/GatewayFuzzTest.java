package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Generated requests, each near to a good one and none of them sure to be. Whatever comes, the
 * gateway answers or hangs up, and instances see no request that it did not make: each that it
 * makes has an id, and those that stand in bodies have none. {@code -Ddormouse.fuzz.cases} and
 * {@code -Ddormouse.fuzz.seed} set how many and which.
 */
class GatewayFuzzTest {
    private static final int CASES = Integer.getInteger("dormouse.fuzz.cases", 4_000);
    private static final long SEED = Long.getLong("dormouse.fuzz.seed", System.nanoTime());
    private static final int AT_ONCE = 128;
    private static final int WORDS_MAX = 5;

    /** Far beyond the timeouts of the gateway, which end whatever has no end of its own. */
    private static final int SILENCE_MILLIS = 60_000;

    private static final String HIDDEN =
            "GET /hidden HTTP/1.1\r\nHost: %s\r\n\r\n".formatted(Served.HOST);

    /** No request, so that the connection ends here at the latest. */
    private static final String END = "\r\n\r\n(\r\n\r\n";

    private static final String[] HEADERS = {
        "Content-Length: 5",
        "Content-Length: 0",
        "Content-Length: " + HIDDEN.length(),
        "Content-Length: " + (HIDDEN.length() + 11),
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: \tchunked",
        "transfer-encoding: Chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: chunked, chunked",
        "Expect: 100-continue",
        "Connection: close",
        "Connection: keep-alive, Content-Length",
        "Connection: Transfer-Encoding",
        "Connection: Upgrade, HTTP2-Settings",
        "HTTP2-Settings: AAMAAABkAAQAAP__",
        "Upgrade: h2c",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Trailer: X",
        "TE: trailers",
        "X: y",
    };
    private static final String[] BODIES = {
        "",
        "hello",
        HIDDEN,
        "0\r\n\r\n" + HIDDEN,
        "5\r\nhello\r\n0\r\n\r\n",
        "%x\r\n%s\r\n0\r\n\r\n".formatted(HIDDEN.length(), HIDDEN),
        "%x;a=b\r\n%s\r\n0\r\nX: y\r\n\r\n".formatted(HIDDEN.length(), HIDDEN),
    };
    private static final String[] BITS = {
        "\r", "\n", "\r\n", " ", "\t", "\0", ":", ",", ";", "\u000b", "\u0085", "\u00ff", "0", "-"
    };

    private final Served served = new Served("KEEP_ALIVE", "300ms");
    private final AtomicInteger reached = new AtomicInteger();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void whateverComesTheGatewayStandsAndNothingIsSmuggled() throws Exception {
        served.publish(served.instance(this::serve));
        served.publish(edit -> edit.timeout(Duration.ofMillis(500)).concurrency(AT_ONCE));
        SplittableRandom random = new SplittableRandom(SEED);
        Semaphore turns = new Semaphore(AT_ONCE);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CASES && wrong.isEmpty(); i++) {
                String request = request(random);
                turns.acquire();
                var _ =
                        clients.submit(() -> {
                            exchange(request);
                            turns.release();
                        });
            }
        }

        assertThat(wrong).as("seed %d", SEED).isEmpty();
        assertThat(reached.get()).as("requests that were good").isGreaterThan(CASES / 20);
        served.awaitQuiet();
        served.publish(edit -> edit.timeout(Duration.ofMinutes(1)));
        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(200);
    }

    private void serve(Instance.Call call) throws IOException {
        if (call.header("X-Request-ID").isEmpty()) {
            wrong.add("smuggled: " + call);
        }
        reached.incrementAndGet();
        if (!call.header("Transfer-Encoding").isEmpty()
                && !call.header("Content-Length").isEmpty()) {
            wrong.add("a length and chunks: " + call);
        }
        try {
            skipBody(call);
        } catch (NumberFormatException cutOff) {
            throw new IOException(cutOff);
        }
        call.answer("ok");
    }

    private static void skipBody(Instance.Call call) throws IOException {
        String length = call.header("Content-Length");
        if (!length.isEmpty()) {
            call.in().skipNBytes(Long.parseLong(length));
        } else if (!call.header("Transfer-Encoding").isEmpty()) {
            byte[] chunk = Wire.chunk(call.in());
            while (chunk.length > 0) {
                chunk = Wire.chunk(call.in());
            }
            Wire.headers(call.in());
        }
    }

    /** A good request, changed a little, mostly in its head. */
    private static String request(SplittableRandom random) {
        StringBuilder request = new StringBuilder();
        request.append(random.nextInt(3) == 0 ? "GET" : "POST")
                .append(" / HTTP/1.1\r\nHost: ")
                .append(Served.HOST)
                .append("\r\n");
        for (int i = random.nextInt(3); i >= 0; i--) {
            request.append(HEADERS[random.nextInt(HEADERS.length)]).append("\r\n");
        }
        int headEnd = request.append("\r\n").length();
        request.append(BODIES[random.nextInt(BODIES.length)]);
        for (int i = random.nextInt(WORDS_MAX); i > 1; i--) {
            change(request, random, random.nextInt(5) == 0 ? request.length() : headEnd);
        }
        return request.append(END).toString();
    }

    private static void change(StringBuilder request, SplittableRandom random, int before) {
        int at = random.nextInt(Math.min(before, request.length()));
        String bit = BITS[random.nextInt(BITS.length)];
        switch (random.nextInt(3)) {
            case 0 -> request.insert(at, bit);
            case 1 -> request.deleteCharAt(at);
            default -> request.replace(at, at + 1, bit);
        }
    }

    /** Until the gateway ends it, as it must. */
    private void exchange(String request) {
        try (Wire wire = new Wire(served.port())) {
            wire.socket().setSoTimeout(SILENCE_MILLIS);
            wire.send(request);
            while (wire.in().read() >= 0) {
                // whatever it says
            }
        } catch (SocketTimeoutException silence) {
            wrong.add("no end: " + request);
        } catch (SocketException reset) {
            // an end as well
        } catch (IOException e) {
            wrong.add(e + ": " + request);
        }
    }
}
