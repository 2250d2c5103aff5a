package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.gateway.Http2Wire;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A WebSocket in a stream of HTTP/2 (RFC 8441), frame by frame. */
final class Http2Socket implements Conversation {
    private static final int STREAM = 1;

    /** The whole of a message of text, masked by nothing; the length is put behind. */
    private static final String TEXT = "\u0081";

    private static final String CLOSE_1000 = "\u0088\u0082\0\0\0\0\u0003\u00e8";

    private final Http2Wire wire;
    private int messages;

    Http2Socket(DormouseProcess server, String host) throws Exception {
        wire = new Http2Wire(server.gatewayPort());
        wire.headers(
                        STREAM,
                        Http2Wire.head("CONNECT", "/socket")
                                .authority(host)
                                .add(":protocol", "websocket")
                                .add("sec-websocket-version", "13"),
                        false)
                .flush();
        assertThat(wire.awaitHeaders().status()).hasToString("200");
    }

    @Override
    public void goOn() throws IOException {
        String message = "message " + messages++;
        wire.data(STREAM, TEXT + (char) (0x80 | message.length()) + "\0\0\0\0" + message, false)
                .flush();
        assertThat(heard(2 + message.length())).isEqualTo(TEXT + (char) message.length() + message);
    }

    @Override
    public void end() throws IOException {
        wire.data(STREAM, CLOSE_1000, false).flush();
        assertThat(heard(4)).isEqualTo("\u0088\u0002\u0003\u00e8");
    }

    private String heard(int length) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.length() < length) {
            all.append(wire.await(Http2Wire.DATA).text());
        }
        return all.toString();
    }

    @Override
    public void close() {
        try {
            wire.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
