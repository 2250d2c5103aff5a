package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Route.Target;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that speaks HTTP/2 without TLS is spoken to so, from the first byte. */
class GatewayH2cTest {
    /** {@code :status}, which is number 8 of HPACK's table, and three letters. */
    private static final byte[] STATUS_101 = {8, 3, '1', '0', '1'};

    private final Vertx vertx = Vertx.vertx();
    private final Served served = new Served();
    private final CountDownLatch reset = new CountDownLatch(1);

    @AfterEach
    void stop() throws Exception {
        served.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void requestsAndTheirBodiesPass() throws Exception {
        serve();

        Wire.Answer answer = Wire.ask(served.port(), Wire.post("order"));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("HTTP_2 POST " + Served.HOST + " order");
        served.awaitQuiet();
    }

    @Test
    void trailersPass() throws Exception {
        serve();

        Wire.Answer answer = Wire.ask(served.port(), Wire.get("/trailers"));

        assertThat(answer.trailers()).containsEntry("grpc-status", "0");
    }

    @Test
    void aClientThatLeavesResetsTheStream() throws Exception {
        serve();
        try (Wire wire = new Wire(served.port())) {
            wire.send(Wire.get("/never"));
            served.awaitInFlight(1);
        }

        assertThat(reset.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
        assertThat(Wire.ask(served.port(), Wire.post("order")).status()).isEqualTo(200);
    }

    /** HTTP/2 has no such answer (RFC 9113, section 8.6). */
    @Test
    void anInstanceThatChangesTheProtocolIsABadGateway() throws Exception {
        Instance instance =
                served.instance(call -> {
                    call.in().readNBytes("SM\r\n\r\n".length());
                    frame(call, Http2Wire.SETTINGS, 0, 0);
                    DataInputStream frames = new DataInputStream(call.in());
                    int stream = 0;
                    while (stream == 0) {
                        int length = frames.readUnsignedByte() << 16 | frames.readUnsignedShort();
                        frames.readUnsignedShort();
                        stream = frames.readInt();
                        frames.readNBytes(length);
                    }
                    frame(call, Http2Wire.HEADERS, Http2Wire.END_HEADERS, stream, STATUS_101);
                    call.in().readAllBytes();
                });
        served.publish(edit -> edit.targets(instance).h2c());

        assertThat(Wire.ask(served.port(), Wire.get("/")).status()).isEqualTo(502);
        served.awaitQuiet();
    }

    private static void frame(Instance.Call call, int type, int flags, int stream, byte... payload)
            throws IOException {
        DataOutputStream out = new DataOutputStream(call.out());
        out.write(new byte[] {0, 0, (byte) payload.length, (byte) type, (byte) flags});
        out.writeInt(stream);
        out.write(payload);
        out.flush();
    }

    private void serve() throws Exception {
        HttpServer server =
                vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                        .requestHandler(this::answer)
                        .listen()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
        Target target = new Target("h2c", "127.0.0.1", server.actualPort());
        served.publish(edit -> edit.targets(target).h2c());
    }

    private void answer(HttpServerRequest request) {
        if ("/never".equals(request.path())) {
            request.response().exceptionHandler(_ -> reset.countDown());
            request.response().closeHandler(_ -> reset.countDown());
            return;
        }
        request.body()
                .onSuccess(body -> {
                    if ("/trailers".equals(request.path())) {
                        request.response().putTrailer("grpc-status", "0");
                        request.response().write("x");
                        request.response().end();
                        return;
                    }
                    request.response()
                            .end(
                                    "%s %s %s %s"
                                            .formatted(
                                                    request.version(),
                                                    request.method(),
                                                    request.authority(),
                                                    body));
                });
    }
}
