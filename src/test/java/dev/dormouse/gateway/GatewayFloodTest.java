package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HTTP/2 frames that cost the gateway and not their sender end the connection they come on. */
class GatewayFloodTest {
    private static final int FLOOD = 20_000;
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final int ENHANCE_YOUR_CALM = 11;

    private final Served served = new Served();

    @AfterEach
    void stop() throws IOException {
        served.awaitQuiet();
        ready();
        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(200);
        served.close();
    }

    @Test
    void requestsThatAreResetAtOnce() throws Exception {
        Instance instance = served.instance(call -> call.answer("ok"));
        served.publish(instance);

        assertThat(
                        flood((wire, i) ->
                                wire.headers(2 * i + 1, Http2Wire.head("GET", "/"), true)
                                        .frame(Http2Wire.RST_STREAM, 0, 2 * i + 1, CANCEL)))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void pings() throws Exception {
        ready();

        assertThat(flood((wire, _) -> wire.frame(Http2Wire.PING, 0, 0, new byte[8])))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void settings() throws Exception {
        ready();

        assertThat(flood((wire, _) -> wire.frame(Http2Wire.SETTINGS, 0, 0, new byte[0])))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void priorities() throws Exception {
        ready();
        byte[] priority = {0, 0, 0, 0, 16};

        assertThat(flood((wire, i) -> wire.frame(Http2Wire.PRIORITY, 0, 2 * i + 1, priority)))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void emptyDataFrames() throws Exception {
        served.publish(
                served.instance(
                        call -> call.in().transferTo(java.io.OutputStream.nullOutputStream())));

        assertThat(
                        flood((wire, i) -> {
                            if (i == 0) {
                                wire.headers(1, Http2Wire.head("POST", "/"), false);
                            }
                            return wire.data(1, "", false);
                        }))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void continuationsThatHoldNothing() throws Exception {
        ready();

        assertThat(
                        flood((wire, i) ->
                                i == 0
                                        ? wire.frame(
                                                Http2Wire.HEADERS,
                                                0,
                                                1,
                                                wire.block(Http2Wire.head("GET", "/")))
                                        : wire.frame(Http2Wire.CONTINUATION, 0, 1, new byte[0])))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void continuationsWithoutEnd() throws Exception {
        ready();
        Http2Headers much = new DefaultHttp2Headers().add("x", "y".repeat(4000));

        assertThat(
                        flood((wire, i) ->
                                i == 0
                                        ? wire.frame(
                                                Http2Wire.HEADERS,
                                                0,
                                                1,
                                                wire.block(Http2Wire.head("GET", "/")))
                                        : wire.frame(
                                                Http2Wire.CONTINUATION, 0, 1, wire.block(much))))
                .isEqualTo(ENHANCE_YOUR_CALM);
    }

    @Test
    void aHeadThatIsTooLargeIs431AndTheConnectionGoesOn() throws Exception {
        ready();
        try (Http2Wire wire = new Http2Wire(served.port())) {
            Http2Headers large = Http2Wire.head("GET", "/");
            for (int i = 0; i < 40; i++) {
                large.add("x-" + i, "y".repeat(1000));
            }
            wire.headers(1, Http2Wire.head("GET", "/"), true).flush();
            assertThat(wire.awaitHeaders().status()).hasToString("200");
            wire.split(3, large).flush();

            assertThat(wire.awaitRefusal()).isEqualTo(431);
        }
    }

    @Test
    void streamsThatAreMoreThanAllowed() throws Exception {
        served.publish(
                served.instance(
                        call -> call.in().transferTo(java.io.OutputStream.nullOutputStream())));
        try (Http2Wire wire = new Http2Wire(served.port())) {
            for (int i = 0; i <= 250; i++) {
                wire.headers(2 * i + 1, Http2Wire.head("GET", "/"), true);
            }
            wire.flush();

            Http2Wire.Frame refused = wire.await(Http2Wire.RST_STREAM);
            assertThat(refused.stream()).isEqualTo(501);
            assertThat(refused.code()).as("REFUSED_STREAM").isEqualTo(7);
        }
    }

    private interface Blow {
        Http2Wire send(Http2Wire wire, int number) throws Exception;
    }

    /** The code with which the gateway says goodbye. */
    private int flood(Blow blow) throws Exception {
        try (Http2Wire wire = new Http2Wire(served.port())) {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            for (int i = 0; i < FLOOD; i++) {
                                blow.send(wire, i).flush();
                            }
                        } catch (Exception cut) {
                            // as it should be
                        }
                    });
            return wire.awaitGoAway();
        }
    }

    private void ready() throws IOException {
        served.publish(served.instance(call -> call.answer("ok")));
    }
}
