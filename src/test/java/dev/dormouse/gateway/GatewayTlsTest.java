package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.dormouse.testing.OpenSsl;
import dev.dormouse.tls.Certificates;
import dev.dormouse.tls.TlsSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets, with clients that trust the local authority, or the one that was brought. */
final class GatewayTlsTest {
    private static final String SHOP = "shop.example";

    private Path folder;
    private TlsSettings.Files files;
    private Certificates certificates;
    private Served served;

    @BeforeEach
    void start(@TempDir Path root) throws Exception {
        folder = root;
        files = new TlsSettings.Files(root.resolve("shop.pem"), root.resolve("shop.key"));
        bring(SHOP);
        certificates =
                Certificates.open(
                        new TlsSettings(
                                List.of(files),
                                List.of("functions.fnc.fr-par.localhost"),
                                root.resolve("tls"),
                                authority(),
                                Duration.ofMillis(20)),
                        InstantSource.system(),
                        new SecureRandom());
        served = new Served(Optional.of(certificates.keyManager()));
        served.publish(served.instance(call -> call.answer(call.header("X-Forwarded-Proto"))));
    }

    @AfterEach
    void stop() throws IOException {
        served.close();
        certificates.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void forwardsOverTlsAndSaysSo(String version) throws Exception {
        try (Wire wire = new Wire(call(authority(), Served.HOST).open(version))) {
            assertThat(wire.send(Wire.get("/")).read().body()).isEqualTo("https");
            assertThat(wire.send(Wire.get("/")).read().status()).isEqualTo(200);
        }
    }

    @Test
    void showsEachHostItsOwnCertificate() throws Exception {
        assertThat(shown(authority(), Served.HOST).getSubjectAlternativeNames().toString())
                .contains("*.functions.fnc.fr-par.localhost");
        assertThat(shown(files.chain(), SHOP).getSubjectAlternativeNames().toString())
                .contains(SHOP);
    }

    @Test
    void aCallerWhoAsksForAnotherHostIsNotFooled() {
        assertThatThrownBy(() -> shown(authority(), "shop.elsewhere"))
                .isInstanceOf(SSLException.class);
    }

    /** By hand, for the JDK's own client no longer speaks it. */
    @Test
    void refusesTls11() throws IOException {
        String hello = "0302" + "00".repeat(32) + "00" + "0002c009" + "0100";
        String handshake = "010000" + "%02x".formatted(hello.length() / 2) + hello;
        String packet = "16030100" + "%02x".formatted(handshake.length() / 2) + handshake;
        try (Wire wire = new Wire(served.gateway.tlsPort().orElseThrow())) {
            wire.socket().getOutputStream().write(HexFormat.of().parseHex(packet));

            byte[] alert = Wire.exactly(wire.in(), 7);
            assertThat(alert[0]).as("an alert").isEqualTo((byte) 21);
            assertThat(alert[6]).as("protocol_version").isEqualTo((byte) 70);
            assertThat(wire.isEnded()).isTrue();
        }
    }

    @Test
    void namesHttp11AsItsProtocol() throws Exception {
        try (var socket = call(authority(), Served.HOST).open("TLSv1.3")) {
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void aChangedFileIsShownToNewConnectionsAndOldOnesGoOn() throws Exception {
        try (Wire wire = new Wire(call(authority(), Served.HOST).open("TLSv1.3"))) {
            assertThat(wire.send(Wire.get("/")).read().status()).isEqualTo(200);
            X509Certificate before = shown(files.chain(), SHOP);

            bring(SHOP);

            await().ignoreException(SSLHandshakeException.class)
                    .until(() -> !shown(files.chain(), SHOP).equals(before));
            assertThat(wire.send(Wire.get("/")).read().status()).isEqualTo(200);
        }
    }

    @Test
    void aContainerForHttpsOnlyIsServedOverTlsAndSendsOthersThere() throws Exception {
        served.publish(RouteEdit::httpsOnly);

        assertThat(Wire.ask(served.port(), Wire.get("/a?b")).header("Location"))
                .startsWith("https://" + Served.HOST)
                .endsWith("/a?b");
        try (Wire wire = new Wire(call(authority(), Served.HOST).open("TLSv1.3"))) {
            assertThat(wire.send(Wire.get("/a?b")).read().status()).isEqualTo(200);
        }
    }

    @Test
    void whoSpeaksNoTlsIsHungUpOnAndOthersAreServed() throws Exception {
        try (Wire wire = new Wire(served.gateway.tlsPort().orElseThrow())) {
            wire.send(Wire.get("/"));
            while (!wire.isEnded()) {
                // an alert, which is no HTTP
            }
        }

        assertThat(shown(authority(), Served.HOST)).isNotNull();
    }

    private Path authority() {
        return folder.resolve("tls").resolve("ca.pem");
    }

    private X509Certificate shown(Path trusted, String host) throws Exception {
        try (var socket = call(trusted, host).open("TLSv1.3")) {
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private TlsCall call(Path trusted, String host) throws Exception {
        return new TlsCall(served.gateway.tlsPort().orElseThrow(), trusted, host);
    }

    /** A certificate that is its own authority, each file put in place whole. */
    private void bring(String host) throws Exception {
        OpenSsl.run(
                folder,
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -addext"
                        + " subjectAltName=DNS:%s -keyout new.key -out new.pem".formatted(host));
        Files.move(folder.resolve("new.pem"), files.chain(), StandardCopyOption.REPLACE_EXISTING);
        Files.move(folder.resolve("new.key"), files.key(), StandardCopyOption.REPLACE_EXISTING);
    }
}
