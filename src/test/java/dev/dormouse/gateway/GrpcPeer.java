package dev.dormouse.gateway;

import dev.dormouse.model.Route.Target;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A gRPC server with a method of each kind; what it is told decides what it does. */
final class GrpcPeer {
    static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);
    static final MethodDescriptor<String, String> DOWN =
            method("Down", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> UP = method("Up", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<String, String> BOTH = method("Both", MethodType.BIDI_STREAMING);
    static final Metadata.Key<String> TRAILER =
            Metadata.Key.of("cost", Metadata.ASCII_STRING_MARSHALLER);
    static final String SERVICE = "dormouse.test.Peer";

    final CountDownLatch cancelled = new CountDownLatch(1);
    private final Server server;

    GrpcPeer() throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .addService(service())
                        .build()
                        .start();
    }

    Target target() {
        return new Target("grpc", "127.0.0.1", server.getPort());
    }

    void close() throws InterruptedException {
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(SERVICE)
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::unary))
                .addMethod(DOWN, ServerCalls.asyncServerStreamingCall(this::down))
                .addMethod(UP, ServerCalls.asyncClientStreamingCall(GrpcPeer::up))
                .addMethod(BOTH, ServerCalls.asyncBidiStreamingCall(this::both))
                .build();
    }

    private void unary(String said, StreamObserver<String> answer) {
        Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
        if (said.equals("never")) {
            return;
        }
        if (said.startsWith("fail")) {
            Metadata trailers = new Metadata();
            trailers.put(TRAILER, "3");
            answer.onError(
                    Status.FAILED_PRECONDITION
                            .withDescription("not now: é 100%")
                            .asRuntimeException(trailers));
            return;
        }
        answer.onNext("you said " + said);
        answer.onCompleted();
    }

    private void down(String count, StreamObserver<String> answer) {
        Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
        if (count.equals("endless")) {
            answer.onNext("first");
            return;
        }
        for (int i = 0; i < Integer.parseInt(count); i++) {
            answer.onNext("message " + i);
        }
        answer.onCompleted();
    }

    private static StreamObserver<String> up(StreamObserver<String> answer) {
        List<String> all = new ArrayList<>();
        return new Ear(
                all::add,
                () -> {
                    answer.onNext(String.join("+", all));
                    answer.onCompleted();
                });
    }

    /** Speaks first, then echoes. */
    private StreamObserver<String> both(StreamObserver<String> answer) {
        Context.current().addListener(_ -> cancelled.countDown(), Runnable::run);
        answer.onNext("hello");
        return new Ear(said -> answer.onNext("echo " + said), answer::onCompleted);
    }

    /** What comes of a stream. */
    record Ear(java.util.function.Consumer<String> next, Runnable completed)
            implements StreamObserver<String> {
        @Override
        public void onNext(String said) {
            next.accept(said);
        }

        @Override
        public void onError(Throwable why) {
            // seen through the context
        }

        @Override
        public void onCompleted() {
            completed.run();
        }
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(Text.INSTANCE)
                .setResponseMarshaller(Text.INSTANCE)
                .build();
    }

    private enum Text implements Marshaller<String> {
        INSTANCE;

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
