package dev.dormouse.reconcile;

import dev.dormouse.model.Probe;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Checks over the network: a connection, or a GET that answers 2xx or 3xx. */
final class SocketHealthCheck implements HealthCheck, AutoCloseable {
    /**
     * Long enough for a forwarder, which accepts for a process that does not listen, to hang up on
     * us.
     */
    private static final Duration HANG_UP_TIME = Duration.ofMillis(20);

    private static final int OK_MIN = 200;
    private static final int OK_MAX = 399;

    private final BooleanSupplier behindForwarder;

    /** Made when a check first needs it: it reads the JDK's trust store, at every start. */
    private @Nullable HttpClient client;

    /**
     * @param behindForwarder whether instances are reached through something that accepts
     *     connections for them, so that a connection alone proves nothing
     */
    SocketHealthCheck(BooleanSupplier behindForwarder) {
        this.behindForwarder = behindForwarder;
    }

    @Override
    public Optional<Ailment> ailment(Probe probe, String address, int port, Workload workload) {
        return switch (probe.check()) {
            case Probe.Check.Tcp() -> connect(probe, address, port);
            case Probe.Check.Http(String path) -> get(probe, address, port, path, workload);
        };
    }

    private Optional<Ailment> connect(Probe probe, String address, int port) {
        try (SocketChannel channel = SocketChannel.open()) {
            Socket socket = channel.socket(); // costs less than one that knows proxies
            socket.connect(
                    new InetSocketAddress(address, port),
                    Math.toIntExact(probe.timeout().toMillis()));
            return behindForwarder.getAsBoolean() && hangsUp(socket)
                    ? Ailment.deaf("the connection was refused")
                    : Optional.empty();
        } catch (SocketTimeoutException e) {
            return Ailment.deaf("no connection within " + probe.timeout().toMillis() + " ms");
        } catch (ConnectException e) {
            return Ailment.deaf(words(e));
        } catch (IOException e) {
            return Ailment.deaf("the connection failed: " + e.getMessage());
        }
    }

    /** Refused means that something answers there, which other failures to connect do not. */
    private static String words(ConnectException e) {
        String said = Objects.requireNonNullElse(e.getMessage(), "Connection refused");
        return said.contains("refused")
                ? "the connection was refused"
                : "no connection could be made: " + said;
    }

    private static boolean hangsUp(Socket socket) throws IOException {
        socket.setSoTimeout(Math.toIntExact(HANG_UP_TIME.toMillis()));
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private Optional<Ailment> get(
            Probe probe, String address, int port, String path, Workload workload) {
        try {
            String from = path.startsWith("/") ? path : "/" + path;
            HttpRequest request =
                    HttpRequest.newBuilder(
                                    URI.create("http://" + literal(address) + ":" + port + from))
                            .version(
                                    workload.protocol() == Protocol.H2C
                                            ? HttpClient.Version.HTTP_2
                                            : HttpClient.Version.HTTP_1_1)
                            .timeout(probe.timeout())
                            .header("User-Agent", "dormouse-probe")
                            .build();
            int status =
                    statusOf(client().send(request, HttpResponse.BodyHandlers.ofInputStream()));
            return status >= OK_MIN && status <= OK_MAX
                    ? Optional.empty()
                    : Ailment.unwell("the answer was " + status);
        } catch (HttpTimeoutException e) {
            // What nobody listens on is refused, which is not waiting.
            return Ailment.unwell("no answer within " + probe.timeout().toMillis() + " ms");
        } catch (ConnectException e) {
            return Ailment.deaf(words(e));
        } catch (NoRouteToHostException | IllegalArgumentException e) {
            return Ailment.deaf("the request failed: " + e.getMessage());
        } catch (IOException e) {
            // A forwarder takes the connection and hangs up while nobody listens behind it.
            return Optional.of(
                    new Ailment(
                            "the request failed: " + e.getMessage(),
                            !behindForwarder.getAsBoolean()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Ailment.deaf("the check was interrupted");
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
        }
        return client;
    }

    /** The head decides: a body may never end, and no timeout of the client's covers it. */
    private static int statusOf(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream _ = answer.body()) {
            return answer.statusCode();
        }
    }

    private static String literal(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }
}
