package dev.dormouse.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client that asks before it sends its body is told what the instance says. */
class GatewayExpectTest {
    private static final String ASKING =
            "POST / HTTP/1.1\r\nHost: %s\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
                    .formatted(Served.HOST);

    private final Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.close();
    }

    @Test
    void theBodyIsAskedForWhenTheInstanceAsksForIt() throws IOException {
        served.publish(
                served.instance(call -> {
                    call.write("HTTP/1.1 100 Continue\r\n\r\n");
                    call.answer(new String(Wire.exactly(call.in(), 5), ISO_8859_1));
                }));
        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(ASKING).read().status()).isEqualTo(100);
            assertThat(wire.send("order").read().body()).isEqualTo("order");
            assertThat(wire.send(ASKING).read().status()).isEqualTo(100);
            assertThat(wire.send("again").read().body()).isEqualTo("again");
        }
        served.awaitQuiet();
    }

    @Test
    void theBodyIsAskedForAlsoWhereTheInstanceDoesNotKnowTheQuestion() throws IOException {
        served.publish(
                served.instance(
                        call -> call.answer(new String(Wire.exactly(call.in(), 5), ISO_8859_1))));
        try (Wire wire = new Wire(served.port())) {
            assertThat(wire.send(ASKING).read().status()).isEqualTo(100);
            assertThat(wire.send("order").read().body()).isEqualTo("order");
        }
    }

    @Test
    void aBodyThatIsNotWantedIsNotAskedForAndTheConnectionEnds() throws IOException {
        served.publish(served.instance(call -> call.answer(413, "too much")));
        try (Wire wire = new Wire(served.port())) {
            Wire.Answer answer = wire.send(ASKING).read();

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
    }

    @Test
    void nobodyIsAskedForABodyBeforeThereIsAnInstance() throws Exception {
        served.publish();
        try (Wire wire = new Wire(served.port())) {
            wire.send(ASKING);
            served.awaitWaiting(1);

            served.publish(edit -> edit.unavailable("no such image"));

            Wire.Answer answer = wire.read();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Connection")).isEqualTo("close");
        }
        served.awaitQuiet();
    }

    @Test
    void anAnswerThatComesBeforeTheBodyIsReadReachesTheClient() throws IOException {
        served.publish(
                served.instance(call -> {
                    call.answer(413, "too much");
                    call.socket().shutdownOutput();
                    call.in().transferTo(java.io.OutputStream.nullOutputStream());
                }));
        try (Wire wire = new Wire(served.port())) {
            wire.send(
                    "POST / HTTP/1.1\r\nHost: "
                            + Served.HOST
                            + "\r\nContent-Length: 900000000\r\n\r\nx");

            Wire.Answer answer = wire.read();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("too much");
            assertThat(wire.isEnded()).isTrue();
        }
        served.awaitQuiet();
        await().until(() -> served.traffic().inFlight() == 0);
    }
}
