package dev.dormouse.engine.docker;

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

/**
 * A Unix socket in front of the engine's, whose connections a test cuts, refuses and keeps waiting.
 */
final class SocketRelay implements AutoCloseable {
    private final Path path;
    private final Path engine;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;
    private ServerSocketChannel server;

    /** Listens at the path and passes on to the engine's socket. */
    SocketRelay(Path path, Path engine) throws IOException {
        this.path = path;
        this.engine = engine;
        this.server = listen();
    }

    String host() {
        return "unix://" + path;
    }

    /** From now on what is asked is taken and never answered. */
    void keepSilent() {
        silent = true;
    }

    /** New connections reach the engine again. */
    void speakAgain() {
        silent = false;
    }

    /** Ends every connection and refuses new ones. */
    void goAway() throws IOException {
        server.close();
        Files.deleteIfExists(path);
        endConnections();
    }

    /** Is there again after {@link #goAway}. */
    void comeBack() throws IOException {
        server = listen();
    }

    /** Ends the connections that there are. */
    void endConnections() throws IOException {
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
                if (silent) {
                    continue;
                }
                SocketChannel target = SocketChannel.open(UnixDomainSocketAddress.of(engine));
                open.add(target);
                if (!listening.isOpen()) {
                    endConnections();
                }
                Thread.ofVirtual().start(() -> pass(client, target));
                Thread.ofVirtual().start(() -> pass(target, client));
            }
        } catch (ClosedChannelException gone) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pass(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(16_384);
        try (from;
                to) {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining() && !silent) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        } catch (IOException e) {
            // cut, as the test or one of the ends wanted
            return;
        }
    }
}
