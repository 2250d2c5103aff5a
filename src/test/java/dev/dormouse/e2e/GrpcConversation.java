package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream in both directions with the server of gRPC's interoperability tests. */
final class GrpcConversation implements Conversation, StreamObserver<byte[]> {
    private static final String SERVICE = "grpc.testing.TestService";
    private static final long SECONDS_MAX = 30;
    private static final byte[] NOTHING = {};

    /** Asks for one answer of so many bytes: {@code response_parameters { size: 7 }}. */
    private static final byte[] ASKS_FOR_SEVEN = {0x12, 2, 8, 7};

    private static final MethodDescriptor<byte[], byte[]> UNARY =
            method("EmptyCall", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> BOTH =
            method("FullDuplexCall", MethodType.BIDI_STREAMING);

    private final BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
    private final ManagedChannel channel;
    private final StreamObserver<byte[]> said;

    GrpcConversation(DormouseProcess server, String host) {
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.gatewayPort())
                        .overrideAuthority(host)
                        .usePlaintext()
                        .build();
        said = ClientCalls.asyncBidiStreamingCall(channel.newCall(BOTH, CallOptions.DEFAULT), this);
    }

    @Override
    public void goOn() throws InterruptedException {
        said.onNext(ASKS_FOR_SEVEN);
        // the payload and what is around it
        assertThat(heard.poll(SECONDS_MAX, TimeUnit.SECONDS)).isEqualTo(2 + 2 + 7);
    }

    @Override
    public void end() throws InterruptedException {
        said.onCompleted();
        assertThat(heard.poll(SECONDS_MAX, TimeUnit.SECONDS)).as("the end").isEqualTo(-1);
    }

    /** A call with one answer. */
    void callOnce() {
        byte[] answer =
                ClientCalls.blockingUnaryCall(
                        channel,
                        UNARY,
                        CallOptions.DEFAULT.withDeadlineAfter(SECONDS_MAX, TimeUnit.SECONDS),
                        NOTHING);
        assertThat(answer).isEmpty();
    }

    @Override
    public void onNext(byte[] message) {
        heard.add(message.length);
    }

    @Override
    public void onError(Throwable why) {
        heard.add(-2);
    }

    @Override
    public void onCompleted() {
        heard.add(-1);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(Bytes.INSTANCE)
                .setResponseMarshaller(Bytes.INSTANCE)
                .build();
    }

    private enum Bytes implements Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
