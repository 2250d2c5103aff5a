package dev.dormouse.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever carries the bytes, an end of a connection is noticed. */
class GatewayTransportTest {
    private static final Duration AT_REST = Duration.ofMillis(300);

    private final AtomicLong poured = new AtomicLong();
    private final AtomicReference<@Nullable Socket> pouring = new AtomicReference<>();

    @ParameterizedTest
    @ValueSource(strings = {"auto", "epoll", "io-uring"})
    void anInstanceThatIsKilledInItsAnswerCutsItShort(String transport) throws Exception {
        try (Served served = new Served("DORMOUSE_GATEWAY_TRANSPORT", transport)) {
            served.publish(
                    served.instance(call -> {
                        call.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                        reset(call.socket());
                    }));
            try (Wire wire = new Wire(served.port())) {
                wire.send(Wire.get("/"));

                // what came before the reset is passed on, or a refusal if that was nothing yet
                assertThat(new String(wire.in().readAllBytes(), StandardCharsets.UTF_8))
                        .matches("(?s)HTTP/1.1 (200 .*\\r\\n\\r\\n.{0,9}|502 .*)");
            }
            served.awaitQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "io-uring"})
    void anInstanceThatIsKilledWhileItsClientDoesNotReadIsNoticed(String transport)
            throws Exception {
        try (Served served = new Served("DORMOUSE_GATEWAY_TRANSPORT", transport)) {
            served.publish(served.instance(this::pourEndlessly));
            try (Wire wire = new Wire(served.port())) {
                wire.send(Wire.get("/"));
                await().until(() -> poured.get() > 0);
                AtomicLong before = new AtomicLong();
                await().during(AT_REST).until(() -> before.getAndSet(poured.get()) == poured.get());

                reset(requireNonNull(pouring.get()));

                served.awaitQuiet();
            }
        }
    }

    private void pourEndlessly(Instance.Call call) {
        pouring.set(call.socket());
        byte[] block = new byte[1 << 16];
        try {
            call.write("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n");
            while (true) {
                call.out().write(block);
                poured.addAndGet(block.length);
            }
        } catch (IOException cut) {
            // as it shall be
        }
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }
}
