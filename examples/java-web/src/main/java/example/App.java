package example;

import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A small web service on Helidon SE: every request on a virtual thread of its own.
 *
 * <pre>
 *   GET  /               which instance this is, as JSON
 *   GET  /primes/{below} how many primes there are: work for a CPU
 *   POST /words          how often each word stands in the text that was sent
 *   GET  /health         for probes
 * </pre>
 *
 * It listens on PORT. At SIGTERM Helidon takes no new requests and lets those under way end.
 */
public final class App {
    private static final int PORT_BY_DEFAULT = 8080;
    private static final int PRIMES_BELOW_MAX = 5_000_000;
    private static final Duration GRACE = Duration.ofSeconds(25);

    private final AtomicLong requests = new AtomicLong();
    private final String instance;

    private App(String instance) {
        this.instance = instance;
    }

    public static void main(String[] arguments) throws Exception {
        int port =
                Optional.ofNullable(System.getenv("PORT"))
                        .map(Integer::parseInt)
                        .orElse(PORT_BY_DEFAULT);
        App app = new App(InetAddress.getLocalHost().getHostName());
        WebServer.builder()
                .port(port)
                .shutdownGracePeriod(GRACE)
                .routing(app::routes)
                .build()
                .start();
    }

    private void routes(HttpRouting.Builder routing) {
        routing.get("/", this::about)
                .get("/primes/{below}", this::primes)
                .post("/words", this::words)
                .get("/health", (_, response) -> response.send("ok"));
    }

    /** What {@code GET /} answers. */
    public record About(String instance, String java, long requests) {}

    /** What {@code GET /primes/…} answers. */
    public record Primes(int below, long count, long millis) {}

    /** What a request that cannot be answered gets. */
    public record Mistake(String message) {}

    private void about(ServerRequest request, ServerResponse response) {
        response.send(
                new About(
                        instance,
                        System.getProperty("java.version"),
                        requests.incrementAndGet()));
    }

    private void primes(ServerRequest request, ServerResponse response) {
        String text = request.path().pathParameters().get("below");
        if (!text.matches("\\d{1,7}") || Integer.parseInt(text) > PRIMES_BELOW_MAX) {
            response.status(Status.BAD_REQUEST_400)
                    .send(new Mistake("a whole number up to " + PRIMES_BELOW_MAX));
            return;
        }
        int below = Integer.parseInt(text);
        long start = System.nanoTime();
        long count = IntStream.range(2, below).filter(App::isPrime).count();
        response.send(new Primes(below, count, (System.nanoTime() - start) / 1_000_000));
    }

    private void words(ServerRequest request, ServerResponse response) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : request.content().as(String.class).split("[^\\p{L}\\p{N}]+")) {
            if (!word.isEmpty()) {
                counts.merge(word.toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
        }
        response.send(counts);
    }

    private static boolean isPrime(int number) {
        return IntStream.rangeClosed(2, (int) Math.sqrt(number))
                .allMatch(divisor -> number % divisor != 0);
    }
}
