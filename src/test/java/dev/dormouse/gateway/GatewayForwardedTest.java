package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An instance is told where a request comes from in the words of RFC 7239, too. */
class GatewayForwardedTest {
    private static final String OURS = "for=127.0.0.1;host=" + Served.HOST + ";proto=http";

    private Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void namesTheClientTheHostAndTheProtocol() throws IOException {
        assertThat(told()).isEqualTo(OURS);
    }

    @Test
    void comesAfterTheHopsBefore() throws IOException {
        assertThat(
                        told(
                                "Forwarded: for=192.0.2.43, for=\"[2001:db8::17]\"",
                                "forwarded: for=198.51.100.1;by=\"_a\\\"b\""))
                .isEqualTo(
                        "for=192.0.2.43, for=\"[2001:db8::17]\", for=198.51.100.1;by=\"_a\\\"b\", "
                                + OURS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Forwarded: for=\"",
                "Forwarded: for=\"_a\\\"",
                "Forwarded:",
                "Connection: forwarded\r\nForwarded: for=\"x"
            })
    void isNotPartOfWhatSomebodyElseSaid(String header) throws IOException {
        assertThat(told(header)).isEqualTo(OURS);
    }

    @Test
    void keepsAHostWithAPortInQuotes() throws IOException {
        serve();

        String request = Wire.get("/").replace(Served.HOST, Served.HOST + ":8443");

        assertThat(Wire.ask(served.port(), request).body())
                .isEqualTo("for=127.0.0.1;host=\"" + Served.HOST + ":8443\";proto=http");
    }

    @Test
    void keepsTheAddressOfAnIpv6ClientInQuotesAndBrackets() throws IOException {
        served.close();
        served = new Served("LISTEN", "[::1]:0");
        serve();

        try (Wire wire = new Wire(new Socket(Inet6Address.getByName("::1"), served.port()))) {
            assertThat(wire.send(Wire.get("/")).read().body())
                    .startsWith("for=\"[")
                    .contains("1]\";host=")
                    .doesNotContain("%");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.1 | a.example | for=192.0.2.1;host=a.example;proto=https",
                "2001:db8::1 | a.example:80 | for=\"[2001:db8::1]\";host=\"a.example:80\";proto=https",
                "192.0.2.1 | [::1] | for=192.0.2.1;host=\"[::1]\";proto=https",
                " | a\"b\\c | for=unknown;host=\"a\\\"b\\\\c\";proto=https"
            })
    void quotesWhatIsNoToken(String client, String host, String element) {
        assertThat(Forwarded.element(client, host, "https")).isEqualTo(element);
    }

    private String told(String... headers) throws IOException {
        serve();
        return Wire.ask(served.port(), Wire.get("/", headers)).body();
    }

    private void serve() throws IOException {
        served.publish(served.instance(call -> call.answer(call.header("Forwarded"))));
    }
}
