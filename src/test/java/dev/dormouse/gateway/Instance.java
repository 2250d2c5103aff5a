package dev.dormouse.gateway;

import dev.dormouse.model.Route.Target;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An instance on a real socket: a thread per connection, and a program that sees every byte. */
final class Instance implements AutoCloseable {
    /** What an instance does with one request; it may write anything, or end the connection. */
    interface Program {
        void serve(Call call) throws IOException;
    }

    /** One request, its body unread. */
    record Call(
            String line,
            Map<String, String> headers,
            InputStream in,
            OutputStream out,
            Socket socket) {
        void answer(String text) throws IOException {
            answer(200, text);
        }

        void answer(int status, String text) throws IOException {
            write(
                    "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(status, text.length(), text));
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), "");
        }
    }

    private final ServerSocket server;
    private final Program program;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();

    private Instance(ServerSocket server, Program program) {
        this.server = server;
        this.program = program;
    }

    static Instance start(Program program) throws IOException {
        ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Instance instance = new Instance(server, program);
        Thread.ofVirtual().start(instance::accept);
        return instance;
    }

    Target target() {
        return new Target("instance-" + server.getLocalPort(), "127.0.0.1", server.getLocalPort());
    }

    int accepted() {
        return accepted.get();
    }

    int requests() {
        return requests.get();
    }

    int openConnections() {
        return open.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String line = Wire.line(in);
            while (!line.isEmpty()) {
                requests.incrementAndGet();
                program.serve(
                        new Call(line, Wire.headers(in), in, socket.getOutputStream(), socket));
                line = Wire.line(in);
            }
        } catch (IOException ended) {
            // by the other side, or by the program
        } finally {
            open.remove(socket);
        }
    }
}
