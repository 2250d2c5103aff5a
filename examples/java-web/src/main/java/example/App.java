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
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A small web service on Helidon SE: every request on a virtual thread of its own.
 *
 * <pre>
 *   GET  /               which instance this is, as JSON
 *   GET  /primes/{below} how many primes there are: work for a CPU
 *   GET  /wait/{millis}  answers after so long, as what asks a slow database does
 *   POST /words          how often each word stands in the text that was sent
 *   GET  /health         for probes
 * </pre>
 *
 * It listens on PORT. At SIGTERM Helidon takes no new requests and lets those under way end.
 */
public final class App {
    private static final int PORT_BY_DEFAULT = 8080;
    private static final int PRIMES_BELOW_MAX = 5_000_000;
    private static final int WAIT_MILLIS_MAX = 60_000;
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
                .get("/wait/{millis}", this::await)
                .post("/words", this::words)
                .get("/health", (_, response) -> response.send("ok"));
    }

    /** What {@code GET /} answers. */
    public record About(String instance, String java, long requests) {}

    /** What {@code GET /primes/…} answers. */
    public record Primes(int below, long count, long millis) {}

    /** What {@code GET /wait/…} answers. */
    public record Wait(int millis) {}

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
        OptionalInt asked = number(request, response, "below", PRIMES_BELOW_MAX);
        if (asked.isEmpty()) {
            return;
        }
        int below = asked.getAsInt();
        long start = System.nanoTime();
        long count = IntStream.range(2, below).filter(App::isPrime).count();
        response.send(new Primes(below, count, (System.nanoTime() - start) / 1_000_000));
    }

    private void await(ServerRequest request, ServerResponse response) throws Exception {
        OptionalInt millis = number(request, response, "millis", WAIT_MILLIS_MAX);
        if (millis.isPresent()) {
            Thread.sleep(millis.getAsInt());
            response.send(new Wait(millis.getAsInt()));
        }
    }

    /** What the path says; when that is none, or too much, the request has been answered. */
    private static OptionalInt number(
            ServerRequest request, ServerResponse response, String name, int most) {
        String text = request.path().pathParameters().get(name);
        if (text.matches("\\d{1,7}") && Integer.parseInt(text) <= most) {
            return OptionalInt.of(Integer.parseInt(text));
        }
        response.status(Status.BAD_REQUEST_400)
                .send(new Mistake("a whole number up to " + most));
        return OptionalInt.empty();
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
