package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client's hello asks for is chosen by it: the protocol, and whose certificate. */
class GatewayAlpnTest {
    private static final int PROTOCOL_ERROR = 1;

    private TlsServed tls;
    private Instance instance;

    @BeforeEach
    void serve(@TempDir Path folder) throws IOException {
        tls = new TlsServed(folder);
        instance = tls.served.instance(call -> call.answer(call.line()));
        tls.served.publish(instance);
    }

    @AfterEach
    void stop() throws IOException {
        tls.served.awaitQuiet();
        tls.close();
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,h2", "TLSv1.3,http/1.1 h2", "TLSv1.2,h2 http/1.1", "TLSv1.2,h3 h2"})
    void whoeverMaySpeakHttp2DoesSo(String version, String offered) throws Exception {
        SSLSocket socket = tls.call(Served.HOST).open(version, offered.split(" ", -1));

        assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
        try (Http2Wire wire = new Http2Wire(socket)) {
            wire.headers(1, Http2Wire.head("GET", "/two").scheme("https"), true).flush();

            assertThat(wire.awaitHeaders().status()).hasToString("200");
            assertThat(wire.await(Http2Wire.DATA).text()).isEqualTo("GET /two HTTP/1.1");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,http/1.1", "TLSv1.2,http/1.1", "TLSv1.3,", "TLSv1.2,"})
    void whoeverNamesHttp1OrNothingSpeaksHttp1(String version, String offered) throws Exception {
        String[] protocols = offered == null ? new String[0] : new String[] {offered};
        SSLSocket socket = tls.call(Served.HOST).open(version, protocols);

        assertThat(socket.getApplicationProtocol()).isEqualTo(offered == null ? "" : offered);
        try (Wire wire = new Wire(socket)) {
            assertThat(wire.send(Wire.get("/one")).read().body()).isEqualTo("GET /one HTTP/1.1");
            assertThat(wire.send(Wire.get("/one")).read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,h3", "TLSv1.3,spdy/3 imap", "TLSv1.2,h3"})
    void whoeverSpeaksNothingThatIsSpokenHereIsRefused(String version, String offered) {
        assertThatThrownBy(() -> tls.call(Served.HOST).open(version, offered.split(" ", -1)))
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("no_application_protocol");
        assertThat(instance.accepted()).isZero();
    }

    @Test
    void whoeverChoseHttp2AndSpeaksHttp1IsNotForwarded() throws Exception {
        try (Wire wire = new Wire(tls.call(Served.HOST).open("TLSv1.3", "h2"))) {
            wire.send(Wire.get("/"));

            while (!wire.isEnded()) {
                // settings, and why the connection ends
            }
        }
        assertThat(instance.requests()).isZero();
    }

    @Test
    void whoeverChoseHttp2HearsWhyWhatComesIsNone() throws Exception {
        try (Http2Wire wire = new Http2Wire(tls.call(Served.HOST).open("TLSv1.3", "h2"))) {
            wire.frame(Http2Wire.SETTINGS, 0, 1, new byte[0]).flush();

            assertThat(wire.awaitGoAway()).isEqualTo(PROTOCOL_ERROR);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"fr-par", "pl-waw"})
    void theCertificateIsThatOfTheHostThatIsAskedFor(String region) throws Exception {
        String domain = "functions.fnc." + region + ".localhost";
        try (SSLSocket socket = tls.call("some-name." + domain).open("TLSv1.2", "h2")) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];

            assertThat(shown.getSubjectAlternativeNames().toString()).contains("*." + domain);
        }
    }
}
