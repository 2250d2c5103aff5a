package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.model.Route.Target;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An instance that speaks HTTP/2 without TLS is spoken to so, from the first byte. */
class GatewayH2cTest {
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
