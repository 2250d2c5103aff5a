package dev.dormouse.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A registry that takes connections and never says a word: a pull from it does not end. */
public final class SilentRegistry implements AutoCloseable {
    private final ServerSocket listener;

    /** Guarded by this object. */
    private final List<Socket> callers = new ArrayList<>();

    private SilentRegistry(ServerSocket listener) {
        this.listener = listener;
    }

    /** Listens on a loopback port. */
    public static SilentRegistry open() throws IOException {
        SilentRegistry registry =
                new SilentRegistry(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(registry::accept);
        return registry;
    }

    /** Host and port, as they stand in references. */
    public String host() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Whether somebody has ever asked. */
    public synchronized boolean isAsked() {
        return !callers.isEmpty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket caller = listener.accept();
                synchronized (this) {
                    callers.add(caller);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        for (Socket caller : callers) {
            caller.close();
        }
    }
}
