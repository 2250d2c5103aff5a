package dev.dormouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** gRPC's own client and server talk through the gateway as they do without it. */
class GatewayGrpcTest {
    private static final String COMPLETED = "(completed)";

    private final Served served = new Served();
    private GrpcPeer peer;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws Exception {
        peer = new GrpcPeer();
        served.publish(edit -> edit.targets(peer.target()).h2c());
        channel = channel(Served.HOST);
    }

    @AfterEach
    void stop() throws Exception {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        served.close();
        peer.close();
    }

    @Test
    void aCallHasItsAnswer() {
        assertThat(unary("hello")).isEqualTo("you said hello");
        served.awaitQuiet();
    }

    @Test
    void aLargeMessagePassesBothWays() {
        String large = "x".repeat(3_000_000);

        assertThat(unary(large)).isEqualTo("you said " + large);
    }

    @Test
    void anErrorComesWithItsWordsAndTrailers() {
        StatusRuntimeException error = failing("fail");

        assertThat(error.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION);
        assertThat(error.getStatus().getDescription()).isEqualTo("not now: é 100%");
        assertThat(Objects.requireNonNull(error.getTrailers()).get(GrpcPeer.TRAILER))
                .isEqualTo("3");
        served.awaitQuiet();
    }

    @Test
    void anUnknownMethodIsTheServersAnswer() {
        MethodDescriptor<String, String> unknown =
                GrpcPeer.UNARY.toBuilder().setFullMethodName(GrpcPeer.SERVICE + "/None").build();

        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                ClientCalls.blockingUnaryCall(
                                        channel, unknown, CallOptions.DEFAULT, "x"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED);
        assertThat(error.getStatus().getDescription()).contains("Method not found");
    }

    @Test
    void theServersStreamComesWhole() {
        Iterator<String> answers =
                ClientCalls.blockingServerStreamingCall(
                        channel, GrpcPeer.DOWN, CallOptions.DEFAULT, "2000");

        for (int i = 0; i < 2000; i++) {
            assertThat(answers.next()).isEqualTo("message " + i);
        }
        assertThat(answers.hasNext()).isFalse();
        served.awaitQuiet();
    }

    @Test
    void theClientsStreamGoesWhole() throws Exception {
        Queue answers = new Queue();
        StreamObserver<String> calls = ClientCalls.asyncClientStreamingCall(up(), answers);
        calls.onNext("a");
        calls.onNext("b");
        calls.onNext("c");
        calls.onCompleted();

        assertThat(answers.take()).isEqualTo("a+b+c");
        assertThat(answers.take()).isEqualTo(COMPLETED);
        served.awaitQuiet();
    }

    @Test
    void bothTalkInTurnAndTheServerMayBegin() throws Exception {
        Queue answers = new Queue();
        StreamObserver<String> calls = ClientCalls.asyncBidiStreamingCall(both(), answers);

        assertThat(answers.take()).isEqualTo("hello");
        for (String said : new String[] {"one", "two", "three"}) {
            calls.onNext(said);
            assertThat(answers.take()).isEqualTo("echo " + said);
        }
        assertThat(served.traffic().inFlight()).isEqualTo(1);
        calls.onCompleted();

        assertThat(answers.take()).isEqualTo(COMPLETED);
        served.awaitQuiet();
    }

    @Test
    void aDeadlineEndsTheCallOnBothSides() throws Exception {
        StatusRuntimeException error =
                catchThrowableOfType(
                        StatusRuntimeException.class,
                        () ->
                                ClientCalls.blockingUnaryCall(
                                        channel,
                                        GrpcPeer.UNARY,
                                        CallOptions.DEFAULT.withDeadlineAfter(
                                                Duration.ofMillis(500)),
                                        "never"));

        assertThat(error.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED);
        assertThat(peer.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aCancelledCallEndsAtTheServerAndItsPlaceIsFree() throws Exception {
        Queue answers = new Queue();
        ClientCallStreamObserver<String> calls =
                (ClientCallStreamObserver<String>)
                        ClientCalls.asyncBidiStreamingCall(both(), answers);
        assertThat(answers.take()).isEqualTo("hello");

        calls.cancel("no longer wanted", null);

        assertThat(answers.take()).contains("CANCELLED");
        assertThat(peer.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
        assertThat(unary("still there")).isEqualTo("you said still there");
    }

    @Test
    void aServerThatDiesInTheMiddleIsAnErrorOfTheCall() throws Exception {
        Iterator<String> answers =
                ClientCalls.blockingServerStreamingCall(
                        channel, GrpcPeer.DOWN, CallOptions.DEFAULT, "endless");
        assertThat(answers.next()).isEqualTo("first");

        peer.close();

        StatusRuntimeException error =
                catchThrowableOfType(StatusRuntimeException.class, answers::hasNext);
        assertThat(error.getStatus().getCode())
                .isIn(Code.UNAVAILABLE, Code.INTERNAL, Code.CANCELLED);
        served.awaitQuiet();
    }

    @Test
    void aContainerThatCannotStartIsUnavailableInWords() {
        served.publish(edit -> edit.targets(new Instance[0]).unavailable("no such image: 5% é"));

        Status status = failing("x").getStatus();

        assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo("no such image: 5% é");
    }

    @Test
    void aPrivateContainerIsPermissionDenied() {
        served.publish(RouteEdit::isPrivate);

        assertThat(failing("x").getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED);
    }

    @Test
    void anUnknownHostIsUnimplemented() throws Exception {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        channel = channel("nobody.example");

        assertThat(failing("x").getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED);
    }

    @Test
    void aCallThatTakesTooLongIsUnavailableAndTheServersWorkEnds() throws Exception {
        served.publish(edit -> edit.timeout(Duration.ofMillis(300)));

        Status status = failing("never").getStatus();

        assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE);
        assertThat(status.getDescription()).contains("timeout");
        assertThat(peer.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        served.awaitQuiet();
    }

    @Test
    void aCallWaitsForAnInstanceLikeAnyRequest() throws Exception {
        served.publish(edit -> edit.targets(new Instance[0]));
        Queue answers = new Queue();
        ClientCalls.asyncUnaryCall(
                channel.newCall(GrpcPeer.UNARY, CallOptions.DEFAULT), "early", answers);
        served.awaitWaiting(1);

        served.publish(edit -> edit.targets(peer.target()));

        assertThat(answers.take()).isEqualTo("you said early");
        served.awaitQuiet();
    }

    private io.grpc.ClientCall<String, String> up() {
        return channel.newCall(GrpcPeer.UP, CallOptions.DEFAULT);
    }

    private io.grpc.ClientCall<String, String> both() {
        return channel.newCall(GrpcPeer.BOTH, CallOptions.DEFAULT);
    }

    private String unary(String said) {
        return ClientCalls.blockingUnaryCall(channel, GrpcPeer.UNARY, CallOptions.DEFAULT, said);
    }

    private StatusRuntimeException failing(String said) {
        return catchThrowableOfType(StatusRuntimeException.class, () -> unary(said));
    }

    private ManagedChannel channel(String host) {
        return NettyChannelBuilder.forAddress("127.0.0.1", served.port())
                .overrideAuthority(host)
                .usePlaintext()
                .build();
    }

    /** What comes, in its order. */
    private static final class Queue implements StreamObserver<String> {
        private final BlockingQueue<String> all = new LinkedBlockingQueue<>();

        String take() throws InterruptedException {
            return all.poll(20, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(String said) {
            all.add(said);
        }

        @Override
        public void onError(Throwable why) {
            all.add(why.toString());
        }

        @Override
        public void onCompleted() {
            all.add(COMPLETED);
        }
    }
}
