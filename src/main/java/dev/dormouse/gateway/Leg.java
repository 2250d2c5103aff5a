package dev.dormouse.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;

/**
 * The way of one request to an instance and of its answer back. For one event loop, as is what it
 * tells.
 */
interface Leg {
    /** Of the request; to be filled before it is sent. {@code Host} is among them. */
    MultiMap headers();

    /** Whether the connection has carried a request before. */
    boolean isUsed();

    /**
     * Whether the instance has ended the connection and only this loop has not read of it yet: what
     * may be sent once only is better not sent there. Costs a system call.
     */
    boolean isLeft();

    /** Whether nothing can come or go on its connection any more. Costs a system call. */
    boolean isOver();

    /**
     * Sends the head; all of the request, if it has no body. Its body follows by {@link #write} and
     * {@link #end}.
     */
    void send(HttpMethod method, String path, boolean hasBody, Receiver receiver);

    /** A piece of the body; the receiver is told when more is welcome after it was not. */
    void write(Buffer piece);

    boolean isWritable();

    /**
     * The request's body is complete.
     *
     * @param trailers what follows it, where the protocol and the library can carry it
     */
    void end(MultiMap trailers);

    /** No more pieces of the answer for the moment. */
    void pause();

    void resume();

    /**
     * The answer is no longer wanted, or the request is no longer sent; nothing is told from then
     * on.
     *
     * @param code why, as HTTP/2 numbers it
     */
    void cut(long code);

    /** Who is told of the answer, in this order: its head, pieces of its body, its end. */
    interface Receiver {
        /** What the answer's head may say (RFC 8297). */
        void hint(MultiMap headers);

        /** The request's body is asked for. */
        void mayContinue();

        void answered(int status, String reason, MultiMap headers);

        void piece(Buffer piece);

        /** What has arrived of the answer until now has been told, and that is not all. */
        void caughtUp();

        void complete(MultiMap trailers);

        /** Nothing more comes of it, whatever was told before. */
        void failed(Throwable why);

        void writable();
    }
}
