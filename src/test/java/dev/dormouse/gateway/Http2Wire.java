package dev.dormouse.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client's HTTP/2 connection, frame by frame, also of frames that no client would send. */
public final class Http2Wire implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    private static final int FRAME_MAX = 16_384;
    private static final int HAS_PRIORITY = 0x20;
    private static final int PRIORITY_BYTES = 5;
    private static final int TIMEOUT_MILLIS = 20_000;

    /** What came. */
    public record Frame(int type, int flags, int stream, ByteBuffer payload) {
        boolean ends() {
            return (flags & END_STREAM) != 0;
        }

        /** Of a reset or a goaway. */
        int code() {
            int at = type == GOAWAY ? 4 : 0;
            return payload.getInt(at);
        }

        public String text() {
            return StandardCharsets.ISO_8859_1.decode(payload.duplicate()).toString();
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    public Http2Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** On a connection that is there. */
    Http2Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        frame(SETTINGS, 0, 0, new byte[0]);
        out.flush();
    }

    /** How long reading waits. */
    void patience(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    public static Http2Headers head(String method, String path) {
        return new DefaultHttp2Headers(false)
                .method(method)
                .scheme("http")
                .authority(Served.HOST)
                .path(path);
    }

    Http2Wire frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
        return this;
    }

    public Http2Wire headers(int stream, Http2Headers headers, boolean end) throws Exception {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(headers));
    }

    /** A head without body in as many frames as it takes. */
    Http2Wire split(int stream, Http2Headers headers) throws Exception {
        byte[] block = block(headers);
        for (int at = 0; at < block.length; at += FRAME_MAX) {
            int end = Math.min(block.length, at + FRAME_MAX);
            int last = end == block.length ? END_HEADERS : 0;
            frame(
                    at == 0 ? HEADERS : CONTINUATION,
                    at == 0 ? last | END_STREAM : last,
                    stream,
                    Arrays.copyOfRange(block, at, end));
        }
        return this;
    }

    public Http2Wire data(int stream, String text, boolean end) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return frame(DATA, end ? END_STREAM : 0, stream, bytes);
    }

    public Http2Wire flush() throws IOException {
        out.flush();
        return this;
    }

    byte[] block(Http2Headers headers) throws Http2Exception {
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(1, headers, block);
        return ByteBufUtil.getBytes(block);
    }

    /** The next frame. */
    Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        return new Frame(type, flags, stream, ByteBuffer.wrap(in.readNBytes(length)));
    }

    /** The next frame of this type; others are passed over. */
    public Frame await(int type) throws IOException {
        Frame frame = read();
        while (frame.type() != type) {
            if (frame.type() == HEADERS) {
                decode(frame);
            }
            frame = read();
        }
        return frame;
    }

    public Http2Headers awaitHeaders() throws IOException {
        return decode(await(HEADERS));
    }

    Http2Headers decode(Frame frame) throws IOException {
        try {
            int at = (frame.flags() & HAS_PRIORITY) != 0 ? PRIORITY_BYTES : 0;
            ByteBuf block = Unpooled.wrappedBuffer(frame.payload().duplicate()).skipBytes(at);
            return decoder.decodeHeaders(frame.stream(), block);
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** The code of the next reset or goaway, or the status of the next answer. */
    int awaitRefusal() throws IOException {
        Frame frame = read();
        while (frame.type() != RST_STREAM && frame.type() != GOAWAY && frame.type() != HEADERS) {
            frame = read();
        }
        return frame.type() == HEADERS
                ? Integer.parseInt(decode(frame).status().toString())
                : frame.code();
    }

    /** Reads until the other side ends the connection; the code that it gave, or -1. */
    int awaitGoAway() {
        int code = -1;
        try {
            while (true) {
                Frame frame = read();
                code = frame.type() == GOAWAY ? frame.code() : code;
            }
        } catch (IOException ended) {
            return code;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
