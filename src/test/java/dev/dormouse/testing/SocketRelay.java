package dev.dormouse.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A Unix socket in front of the engine's, whose connections a test cuts, refuses and keeps waiting.
 */
public final class SocketRelay implements AutoCloseable {
    private final Path path;
    private final Path engine;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile Predicate<String> silentOn = _ -> false;
    private final AtomicInteger keptWaiting = new AtomicInteger();
    private ServerSocketChannel server;

    /** Listens at the path and passes on to the engine's socket. */
    public SocketRelay(Path path, Path engine) throws IOException {
        this.path = path;
        this.engine = engine;
        this.server = listen();
    }

    /** Where it listens, as settings name it. */
    public String host() {
        return "unix://" + path;
    }

    /** From now on what is asked is taken and never answered. */
    public void keepSilent() {
        keepSilentOn(_ -> true);
    }

    /**
     * The same for what some connections begin with: {@code POST /containers/create?name=… …}. The
     * others are passed on.
     */
    public void keepSilentOn(Predicate<String> requestLine) {
        silentOn = requestLine;
    }

    /** How many connections were ever kept waiting. */
    public int keptWaiting() {
        return keptWaiting.get();
    }

    /** New connections reach the engine again; those kept waiting wait on. */
    public void speakAgain() {
        silentOn = _ -> false;
    }

    /** Ends every connection and refuses new ones. */
    public void goAway() throws IOException {
        server.close();
        Files.deleteIfExists(path);
        endConnections();
    }

    /** Is there again after {@link #goAway}. */
    public void comeBack() throws IOException {
        server = listen();
    }

    /** Ends the connections that there are. */
    public void endConnections() throws IOException {
        for (SocketChannel one : open) {
            one.close();
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        goAway();
    }

    private ServerSocketChannel listen() throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().start(() -> accept(listening));
        return listening;
    }

    private void accept(ServerSocketChannel listening) {
        try {
            while (true) {
                SocketChannel client = listening.accept();
                open.add(client);
                if (!listening.isOpen()) {
                    endConnections();
                }
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (ClosedChannelException gone) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SocketChannel client) {
        ByteBuffer asked = ByteBuffer.allocate(16_384);
        try {
            String requestLine = firstLine(client, asked);
            if (silentOn.test(requestLine)) {
                keptWaiting.incrementAndGet();
                return;
            }
            SocketChannel target = SocketChannel.open(UnixDomainSocketAddress.of(engine));
            open.add(target);
            if (!client.isOpen()) {
                target.close();
            }
            Thread.ofVirtual().start(() -> pass(target, client, ByteBuffer.allocate(16_384)));
            pass(client, target, asked);
        } catch (IOException refused) {
            end(client);
        }
    }

    /** Reads until there is a line, and leaves what was read in the buffer. */
    private static String firstLine(SocketChannel client, ByteBuffer asked) throws IOException {
        while (true) {
            if (client.read(asked) < 0) {
                throw new ClosedChannelException();
            }
            String read = ISO_8859_1.decode(asked.duplicate().flip()).toString();
            if (read.indexOf('\n') >= 0) {
                return read.substring(0, read.indexOf('\n')).strip();
            }
        }
    }

    /** What is in the buffer already goes first. */
    private void pass(SocketChannel from, SocketChannel to, ByteBuffer buffer) {
        try (from;
                to) {
            do {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            } while (from.read(buffer) >= 0);
        } catch (IOException e) {
            // cut, as the test or one of the ends wanted
            return;
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private static void end(SocketChannel client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
