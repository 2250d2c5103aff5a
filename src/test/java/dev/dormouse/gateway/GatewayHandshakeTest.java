package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A handshake that does not come to its end costs a connection for a while, and nothing else. */
class GatewayHandshakeTest {
    private static final int CONNECTIONS_MAX = 3;

    /**
     * More than the deadline that the gateway is given, and less than its own for anything else.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    /** A record that says it holds 200 bytes, and the beginning of a hello in it. */
    private static final String HALF_A_HELLO =
            "16030100c8" + "010000c4" + "0303" + "0123456789abcdef0123456789abcdef";

    private TlsServed tls;

    @BeforeEach
    void serve(@TempDir Path folder) throws IOException {
        tls = new TlsServed(folder, "KEEP_ALIVE", "1s", "CONNECTIONS_MAX", "" + CONNECTIONS_MAX);
        tls.served.publish(tls.served.instance(call -> call.answer("ok")));
    }

    @AfterEach
    void othersAreServedAndStop() throws Exception {
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            await("no connection is left").until(this::isServed);
        }
        tls.served.awaitQuiet();
        tls.close();
    }

    /** With all connections that there may be. */
    @ParameterizedTest
    @ValueSource(strings = {"", "16", HALF_A_HELLO})
    void aClientThatFallsSilentIsNotWaitedFor(String beginning) throws Exception {
        Wire[] all = new Wire[CONNECTIONS_MAX];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Wire(tls.port());
            all[i].socket().getOutputStream().write(HexFormat.of().parseHex(beginning));
        }

        for (Wire wire : all) {
            assertEndsInTime(wire);
        }
    }

    @Test
    void aHelloThatDripsIsNotWaitedFor() throws Exception {
        Wire wire = new Wire(tls.port());
        Thread drip =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                wire.socket()
                                        .getOutputStream()
                                        .write(HexFormat.of().parseHex("16030100c8"));
                                while (true) {
                                    wire.socket().getOutputStream().write(0);
                                    Thread.sleep(20);
                                }
                            } catch (IOException | InterruptedException ended) {
                                // by the gateway, as it should be
                            }
                        });

        assertEndsInTime(wire);
        drip.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", "http/1.1"})
    void aClientThatIsSilentAfterItsHandshakeIsNotWaitedFor(String protocol) throws Exception {
        SSLSocket socket = tls.call(Served.HOST).open("TLSv1.3", protocol);

        assertEndsInTime(new Wire(socket));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
                "\u0015\u0003\u0001\u0000\u0002\u0002(",
                "\u0016\u0003\u0001\u00ff\u00ff\u0001\u00ff\u00ff\u00ff"
            })
    void whatIsNoHelloEndsTheConnectionAtOnce(String said) throws Exception {
        try (Wire wire = new Wire(tls.port())) {
            wire.send(said);

            assertEndsWithNothingButAnAlert(wire);
        }
    }

    @Test
    void noiseLeavesNothingBehind() throws Exception {
        Random random = new Random(20261129);
        for (int i = 0; i < 100; i++) {
            byte[] noise = new byte[1 + random.nextInt(2000)];
            random.nextBytes(noise);
            try (Wire wire = new Wire(tls.port())) {
                wire.send(new String(noise, StandardCharsets.ISO_8859_1));
            }
        }
    }

    /** The other way round: a hello where none is expected is no head. */
    @Test
    void aHelloOnThePortWithoutTlsIsRefused() throws Exception {
        try (Wire wire = new Wire(tls.served.port())) {
            wire.socket().getOutputStream().write(HexFormat.of().parseHex(HALF_A_HELLO));

            assertEndsInTime(wire);
        }
    }

    private boolean isServed() {
        try (Wire wire = new Wire(tls.call(Served.HOST).open("TLSv1.3"))) {
            return wire.send(Wire.get("/")).read().status() == 200;
        } catch (IOException full) {
            return false;
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Though the client goes on to listen. */
    private static void assertEndsInTime(Wire wire) throws IOException {
        wire.socket().setSoTimeout((int) PATIENCE.toMillis());
        try (wire) {
            while (!wire.isEnded()) {
                // whatever is said before
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it is still open after " + PATIENCE, e);
        }
    }

    private static void assertEndsWithNothingButAnAlert(Wire wire) throws IOException {
        wire.socket().setSoTimeout((int) PATIENCE.toMillis());
        try {
            byte[] said = wire.in().readAllBytes();
            assertThat(said.length).isIn(0, 7);
            if (said.length > 0) {
                assertThat(said[0]).as("an alert").isEqualTo((byte) 21);
            }
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }
}
