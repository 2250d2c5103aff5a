package dev.dormouse.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A client's connection, byte for byte. Reading waits for ten seconds at most. */
final class Wire implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    /** An answer; headers by their name in lower case. */
    record Answer(
            int status, Map<String, String> headers, String body, Map<String, String> trailers) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** On a connection that is there. */
    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** One request on a connection of its own. */
    static Answer ask(int port, String request) throws IOException {
        try (Wire wire = new Wire(port)) {
            return wire.send(request).read();
        }
    }

    /** A GET to the host that the tests use, with these further header lines. */
    static String get(String path, String... headers) {
        return "GET "
                + path
                + " HTTP/1.1\r\nHost: "
                + Served.HOST
                + "\r\n"
                + lines(headers)
                + "\r\n";
    }

    static String post(String body, String... headers) {
        return "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n%s\r\n%s"
                .formatted(Served.HOST, body.length(), lines(headers), body);
    }

    Socket socket() {
        return socket;
    }

    InputStream in() {
        return in;
    }

    Wire send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    Answer read() throws IOException {
        return read(false);
    }

    /** An answer that has no body whatever its headers say. */
    Answer readHead() throws IOException {
        return read(true);
    }

    /** Whether the other side has ended the connection, rather than only being silent. */
    boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    /** Ends the connection with a reset, as a client does whose process is killed. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private Answer read(boolean headOnly) throws IOException {
        String line = line(in);
        if (line.isEmpty()) {
            throw new EOFException("the connection ended before an answer");
        }
        int status = Integer.parseInt(line.split(" ", 3)[1]);
        Map<String, String> headers = headers(in);
        if (headOnly || status < 200 || status == 204 || status == 304) {
            return new Answer(status, headers, "", Map.of());
        }
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] chunk = chunk(in); chunk.length > 0; chunk = chunk(in)) {
                body.writeBytes(chunk);
            }
            return new Answer(
                    status, headers, body.toString(StandardCharsets.ISO_8859_1), headers(in));
        }
        byte[] body = exactly(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Answer(status, headers, new String(body, StandardCharsets.ISO_8859_1), Map.of());
    }

    /** One chunk of a chunked body; empty for the last, whose trailers are next. */
    static byte[] chunk(InputStream in) throws IOException {
        int size = Integer.parseInt(line(in).strip(), 16);
        byte[] chunk = exactly(in, size);
        if (size > 0) {
            line(in);
        }
        return chunk;
    }

    static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("%d of %d bytes".formatted(bytes.length, length));
        }
        return bytes;
    }

    /** A line without its end; empty also where the stream ends. */
    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Repeated headers are joined by a bar. */
    static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(":", 2);
            headers.merge(
                    parts[0].toLowerCase(Locale.ROOT), parts[1].strip(), (a, b) -> a + "|" + b);
        }
        return headers;
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }
}
