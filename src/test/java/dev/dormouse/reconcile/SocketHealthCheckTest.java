package dev.dormouse.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Probe;
import dev.dormouse.testing.Samples;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether what is not well listens all the same. */
@Timeout(30)
class SocketHealthCheckTest {
    private static final Probe.Check TCP = new Probe.Check.Tcp();
    private static final Probe.Check HTTP = new Probe.Check.Http("/health");

    @SuppressWarnings("NullAway.Init")
    private ServerSocket listener;

    private boolean behindForwarder;
    private final SocketHealthCheck check = new SocketHealthCheck(() -> behindForwarder);

    @BeforeEach
    void listen() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        check.close();
        listener.close();
    }

    private Optional<HealthCheck.Ailment> found(Probe.Check how) {
        Probe probe = new Probe(3, Duration.ofSeconds(1), Duration.ofMillis(500), how);
        return check.ailment(probe, "127.0.0.1", listener.getLocalPort(), Samples.workload());
    }

    /** Each connection is sent this, and hung up on. */
    private void answer(String text) {
        Thread.ofVirtual()
                .start(() -> {
                    while (!listener.isClosed()) {
                        try (Socket socket = listener.accept()) {
                            if (!text.isEmpty()) {
                                socket.getInputStream().read(new byte[1_000]);
                            }
                            socket.getOutputStream()
                                    .write(text.getBytes(StandardCharsets.US_ASCII));
                        } catch (IOException e) {
                            // The test is over, or the other side has left.
                        }
                    }
                });
    }

    @Test
    void whatRefusesConnectionsDoesNot() throws IOException {
        listener.close();

        assertThat(found(TCP)).map(HealthCheck.Ailment::listens).contains(false);
        assertThat(found(HTTP)).map(HealthCheck.Ailment::listens).contains(false);
    }

    @Test
    void whatAnswersThatItIsNotWellDoes() {
        answer("HTTP/1.1 503 Not Yet\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(found(HTTP)).contains(new HealthCheck.Ailment("the answer was 503", true));
    }

    @Test
    void whatAnswersTooLateDoes() {
        assertThat(found(TCP)).isEmpty();
        assertThat(found(HTTP)).contains(new HealthCheck.Ailment("no answer within 500 ms", true));
    }

    @Test
    void whatHangsUpDoesUnlessAForwarderTookTheConnectionForIt() {
        answer("");

        assertThat(found(HTTP)).map(HealthCheck.Ailment::listens).contains(true);
        behindForwarder = true;
        assertThat(found(HTTP)).map(HealthCheck.Ailment::listens).contains(false);
        assertThat(found(TCP)).map(HealthCheck.Ailment::listens).contains(false);
    }
}
